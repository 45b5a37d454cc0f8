// Percentiles over time, the distribution, and the stages.
import { bars, chart } from './chart.js';
import { ask, byId, element, number, say, show } from './elements.js';
import { t } from './texts.js';

let charts = null;

const millis = (value) => (value === null || value === undefined ? '–' : number(value, 2) + ' ms');
const upTo = (bucket) => (bucket.upToMillis === null ? '>' : '≤\u00a0' + number(bucket.upToMillis));

function startCharts() {
  const seconds = chart(byId('over-time'), {
    scales: { y: { range: (plot, lowest, highest) => [0, Math.max(1, highest)] } },
    series: [{ value: '{HH}:{mm}:{ss}' },
      { label: 'p50', stroke: '.p50', width: 2, value: (plot, value) => millis(value) },
      { label: 'p99', stroke: '.p99', width: 2, dash: [4, 2], value: (plot, value) => millis(value) }],
    axes: [{ values: '{HH}:{mm}:{ss}', space: 80 }, { values: (plot, values) => values.map((value) => number(value)) }],
  });
  let buckets = [];
  const distribution = chart(byId('distribution'), {
    // Few slow ones must show beside very many fast ones.
    scales: { x: { time: false, range: () => [-0.6, buckets.length - 0.4] }, y: { distr: 4, range: (plot, lowest, highest) => [0, Math.max(10, highest * 3)] } },
    series: [{ value: (plot, at) => (buckets[at] ? upTo(buckets[at]) + ' ms' : '–') },
      { label: '', stroke: '.count', fill: '.count', paths: bars(), points: { show: false }, value: (plot, value) => number(value) }],
    axes: [{ splits: () => buckets.map((bucket, at) => at), values: () => buckets.map(upTo), grid: { show: false } },
      { values: (plot, values) => values.map((value) => (value === 0 || Number.isInteger(Math.log10(value)) ? compact(value) : '')) }],
  });
  return { seconds, distribution: (now) => {
    buckets = now;
    distribution([now.map((bucket, at) => at), now.map((bucket) => bucket.count)]);
  } };
}

const compact = (value) => Intl.NumberFormat(document.documentElement.lang, { notation: 'compact' }).format(value);

function overTime(seconds) {
  const when = seconds.map((second) => Date.parse(second.time) / 1000);
  const field = (name) => seconds.map((second) => (second.count === 0 ? null : second[name]));
  charts.seconds([when, field('p50'), field('p99')]);
  const last = seconds.filter((second) => second.count > 0).at(-1);
  say('over-time-text', t('latencyOverTime') + (last ? ': p50 ' + millis(last.p50) + ', p99 ' + millis(last.p99) : ''));
}

function distribution(buckets) {
  charts.distribution(buckets);
  say('distribution-text', t('latencyDistribution') + ': '
    + buckets.filter((bucket) => bucket.count > 0).map((bucket) => upTo(bucket) + ' ms ' + number(bucket.count)).join(', '));
}

function stages(status) {
  byId('stages').hidden = !status.stages;
  if (status.stages) {
    show(byId('stages').tBodies[0], status.stages, () => Object.entries(status.stages).map(([name, figures]) => {
      const row = document.createElement('tr');
      const title = element('th', t(name));
      title.scope = 'row';
      row.append(title, ...['p50', 'p90', 'p99', 'max'].map((field) => element('td', number(figures[field], 2))));
      return row;
    }));
  }
}

/** The last change's own path. */
function showLastChange(last) {
  say('last-change', !last ? '' : t('lastChange', { op: t(last.op), table: last.table, total: number(last.totalMillis, 2),
    stages: Object.entries(last.stagesMillis).map(([name, millis]) => t(name) + ' ' + number(millis, 2) + ' ms').join(', ') }));
}

export async function showLatency(status) {
  const latency = status.latencyMillis;
  say('latency-now', latency.count === 0 ? t('noLatency')
    : t('p50') + ' ' + number(latency.p50, 2) + ' ms · ' + t('p99') + ' ' + number(latency.p99, 2) + ' ms · ' + t('slowest') + ' ' + number(latency.max, 2) + ' ms');
  showLastChange(status.lastChange);
  stages(status);
  const answer = await ask('/api/latency');
  charts = charts || startCharts();
  overTime(answer.seconds);
  distribution(answer.distribution);
}
