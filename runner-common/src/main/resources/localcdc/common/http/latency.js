// Percentiles over time, the distribution, and the stages.
import { alone, bars, chart } from './chart.js';
import { ask, byId, compact, number, say, show, tableRow } from './elements.js';
import { t } from './texts.js';

/** A chart over less time would show noise. */
const SHORTEST_SECONDS = 60;
/** Below this many pixels every second name of a bucket is left out. */
const NARROW = 450;
/** What the runner remembers. */
const SECONDS = 300;

const NOTHING = { seconds: [], distribution: [], next: 0 };

let charts = null;
/** What /api/latency has told. */
let history = NOTHING;

const millis = (value) => (value === null || value === undefined ? '–' : number(value, 2) + ' ms');
const upTo = (bucket) => (bucket.upToMillis === null ? '>' : '≤' + (bucket.upToMillis < 1000 ? bucket.upToMillis : bucket.upToMillis / 1000 + 's'));

/** Powers of ten, for a scale that has 0, too. */
const tens = (highest) => [0, ...Array.from({ length: Math.floor(Math.log10(Math.max(1, highest))) + 1 }, (none, power) => 10 ** power)];

function secondsChart() {
  const line = (label, dash) => ({ label, stroke: '.' + label, width: 2, dash, points: { filter: alone }, value: (plot, value) => millis(value) });
  return chart(byId('over-time'), {
    scales: { x: { range: (plot, earliest, latest) => [Math.min(earliest, latest - SHORTEST_SECONDS), latest] }, y: { range: (plot, lowest, highest) => [0, Math.max(1, highest * 1.05)] } },
    series: [{ label: t('time'), value: '{HH}:{mm}:{ss}' }, line('p50'), line('p99', [4, 2])],
    axes: [{ values: '{HH}:{mm}:{ss}', space: 80 }, { values: (plot, values) => values.map((value) => number(value)) }],
  });
}

function distributionChart() {
  let buckets = [];
  const draw = chart(byId('distribution'), {
    // Few slow ones must show beside very many fast ones.
    scales: { x: { time: false, range: () => [-0.6, buckets.length - 0.4] }, y: { distr: 4, range: (plot, lowest, highest) => [0, Math.max(10, highest * 3)] } },
    series: [{ label: 'ms', value: (plot, at) => (buckets[at] ? upTo(buckets[at]) : '–') },
      { label: t('changes'), stroke: '.count', fill: '.count', paths: bars(), points: { show: false }, value: (plot, value) => number(value) }],
    axes: [{ splits: () => buckets.map((bucket, at) => at), grid: { show: false },
      values: (plot) => buckets.map((bucket, at) => (plot.width < NARROW && at % 2 === 0 ? '' : upTo(bucket))) },
    { splits: (plot, axis, lowest, highest) => tens(highest), values: (plot, values) => values.map(compact) }],
  });
  return (now) => {
    buckets = now;
    draw([now.map((bucket, at) => at), now.map((bucket) => bucket.count)]);
  };
}

/** The charts in the page's language. */
function drawnCharts() {
  const language = document.documentElement.lang;
  if (charts === null || charts.language !== language) {
    charts = { language, seconds: secondsChart(), distribution: distributionChart() };
  }
  return charts;
}

function overTime(seconds) {
  const when = seconds.map((second) => Date.parse(second.time) / 1000);
  const field = (name) => seconds.map((second) => (second.count === 0 ? null : second[name]));
  drawnCharts().seconds([when, field('p50'), field('p99')]);
  const last = seconds.filter((second) => second.count > 0).at(-1);
  say('over-time-text', t('latencyOverTime') + (last ? ': p50 ' + millis(last.p50) + ', p99 ' + millis(last.p99) : ''));
}

function distribution(buckets) {
  drawnCharts().distribution(buckets);
  say('distribution-text', t('latencyDistribution') + ': '
    + buckets.filter((bucket) => bucket.count > 0).map((bucket) => upTo(bucket) + ': ' + number(bucket.count)).join(', '));
}

function stages(status) {
  byId('stages').hidden = !status.stages;
  if (status.stages) {
    show(byId('stages').tBodies[0], status.stages, () => Object.entries(status.stages).map(([name, figures]) =>
      tableRow(t(name), ['p50', 'p90', 'p99', 'max'].map((field) => number(figures[field], 2)))));
  }
}

/** The last change's own path. */
function showLastChange(last) {
  say('last-change', !last ? '' : t('lastChange', { op: t(last.op), table: last.table, total: number(last.totalMillis, 2),
    stages: Object.entries(last.stagesMillis).map(([name, millis]) => t(name) + ' ' + number(millis, 2) + ' ms').join(', ') }));
}

/** Asks for the seconds that are not known yet; for all of them where a question was not answered, or another start of the runner answers. */
export async function askForLatency() {
  const known = history;
  history = NOTHING;
  const told = await ask('/api/latency?from=' + known.next);
  if (known !== NOTHING && (told.started !== known.started || told.from !== known.next)) {
    await askForLatency();
    return;
  }
  history = { ...told, seconds: [...known.seconds, ...told.seconds].slice(-SECONDS) };
}

const inWords = (latency) => t('p50') + ' ' + number(latency.p50, 2) + ' ms · ' + t('p99') + ' ' + number(latency.p99, 2) + ' ms · '
  + t('slowest') + ' ' + number(latency.max, 2) + ' ms';

/** Shows /api/status's figures, and /api/latency's. */
export function showLatency(status) {
  const [lately, all] = [status.latencyLastMinuteMillis, status.latencyMillis];
  say('latency-now', all.count === 0 ? t('noLatency')
    : lately.count === 0 ? t('sinceStart', { figures: inWords(all) }) : t('lastMinute', { figures: inWords(lately) }));
  showLastChange(status.lastChange);
  stages(status);
  overTime(history.seconds);
  distribution(history.distribution);
}
