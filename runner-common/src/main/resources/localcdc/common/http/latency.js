// Percentiles over time, the distribution, and the stages.
import { ask, byId, drawn, element, number, say, show } from './elements.js';
import { t } from './texts.js';

const WIDTH = 600;
const HEIGHT = 160;
const LEFT = 44;
const BOTTOM = 20;

function clear(svg) {
  svg.replaceChildren(svg.querySelector('title'));
}

function nice(highest) {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= highest) || highest;
}

function frame(svg, top) {
  for (const share of [0, 0.5, 1]) {
    const y = (HEIGHT - BOTTOM) * (1 - share) + 6 * share;
    svg.append(drawn('line', { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: 'grid' }),
      drawn('text', { x: LEFT - 6, y: y + 4, class: 'tick end' }, number(top * share)));
  }
}

function line(seconds, field, top, className) {
  const step = (WIDTH - LEFT) / 299;
  const first = 300 - seconds.length;
  let path = '';
  let drawing = false;
  seconds.forEach((second, i) => {
    if (second.count === 0) {
      drawing = false;
      return;
    }
    const x = LEFT + (first + i) * step;
    const y = (HEIGHT - BOTTOM) - (Math.min(second[field], top) / top) * (HEIGHT - BOTTOM - 6);
    path += (drawing ? 'L' : 'M') + x.toFixed(1) + ' ' + y.toFixed(1);
    if (!drawing) {
      path += 'h0.5';
    }
    drawing = true;
  });
  return drawn('path', { d: path || 'M0 0', class: className });
}

function overTime(seconds) {
  const svg = byId('over-time');
  clear(svg);
  const top = nice(Math.max(1, ...seconds.map((second) => second.p99)));
  frame(svg, top);
  svg.append(line(seconds, 'p99', top, 'series p99'), line(seconds, 'p50', top, 'series p50'),
    drawn('text', { x: LEFT, y: HEIGHT - 4, class: 'tick' }, '−5 min'),
    drawn('text', { x: WIDTH, y: HEIGHT - 4, class: 'tick end' }, 'p50 ─ p99 ┄'));
  const last = seconds.filter((second) => second.count > 0).at(-1);
  byId('over-time-text').textContent = t('latencyOverTime') + (last ? ': p50 ' + number(last.p50) + ', p99 ' + number(last.p99) : '');
}

function distribution(buckets) {
  const svg = byId('distribution');
  clear(svg);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const width = (WIDTH - LEFT) / buckets.length;
  buckets.forEach((bucket, i) => {
    // Few slow ones must show beside very many fast ones.
    const height = bucket.count === 0 ? 0 : 4 + (Math.log(bucket.count + 1) / Math.log(most + 1)) * (HEIGHT - BOTTOM - 22);
    const x = LEFT + i * width;
    svg.append(drawn('rect', { x: x + 2, y: HEIGHT - BOTTOM - height, width: width - 4, height, class: 'bar' }),
      drawn('text', { x: x + width / 2, y: HEIGHT - 4, class: 'tick middle' }, bucket.upToMillis === null ? '>' : '≤' + bucket.upToMillis));
    if (bucket.count > 0) {
      svg.append(drawn('text', { x: x + width / 2, y: HEIGHT - BOTTOM - height - 4, class: 'tick middle' },
        Intl.NumberFormat(document.documentElement.lang, { notation: 'compact' }).format(bucket.count)));
    }
  });
  byId('distribution-text').textContent = t('latencyDistribution') + ': '
    + buckets.filter((bucket) => bucket.count > 0).map((bucket) => (bucket.upToMillis === null ? '>' : '≤ ' + bucket.upToMillis + ' ms') + ' ' + bucket.count).join(', ');
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
  overTime(answer.seconds);
  distribution(answer.distribution);
}
