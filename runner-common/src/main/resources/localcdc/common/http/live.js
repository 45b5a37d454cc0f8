// Live changes: bounded whatever comes. The stream is drawn four times a second; what does not fit is counted, not drawn.
import { askForRows, bare, byId, exact, number } from './elements.js';
import { changeLine } from './map.js';
import { t } from './texts.js';

const SHOWN = 100;
const WAITING = 2000;

let waiting = [];
let seen = 0;
let matched = 0;
let notShown = 0;
let paused = false;

function filter() {
  const table = byId('live-table').value;
  const operations = new Set([...document.querySelectorAll('#live-filter [name=op]:checked')].map((box) => box.value));
  const key = byId('live-key').value.trim();
  return (change) => (table === '' || change.table === table) && operations.has(change.op)
    && (key === '' || (change.key !== null && Object.values(change.key).map(bare).join(',') === key));
}

export function showCount() {
  byId('live-count').textContent = number(seen) + ' ' + t('seen') + ' · ' + number(matched) + ' ' + t('matching')
    + (notShown > 0 ? ' · ' + number(notShown) + ' ' + t('notShown') : '');
  byId('pause').textContent = t(paused ? 'resume' : 'pause');
  byId('pause').setAttribute('aria-pressed', String(paused));
}

function draw() {
  if (waiting.length > 0 && !document.hidden) {
    const wanted = filter();
    const fitting = waiting.map(exact).filter(wanted);
    waiting = [];
    matched += fitting.length;
    if (paused) {
      notShown += fitting.length;
    } else {
      notShown += Math.max(0, fitting.length - SHOWN);
      const list = byId('live');
      list.prepend(...fitting.slice(-SHOWN).reverse().map((change) => changeLine(change, true)));
      while (list.childElementCount > SHOWN) {
        list.lastElementChild.remove();
      }
    }
  }
  showCount();
  setTimeout(draw, 250);
}

async function fill() {
  const latest = await askForRows('/api/changes?limit=' + SHOWN);
  const wanted = filter();
  const list = byId('live');
  list.append(...latest.changes.filter(wanted).map((change) => changeLine(change, true)));
}

export async function startLive() {
  byId('pause').addEventListener('click', () => {
    paused = !paused;
    showCount();
  });
  byId('live-filter').addEventListener('submit', (event) => event.preventDefault());
  await fill();
  const changes = new EventSource('/api/events');
  changes.addEventListener('message', (message) => {
    seen += 1;
    waiting.push(message.data);
    if (waiting.length > WAITING) {
      notShown += waiting.length - WAITING / 2;
      waiting = waiting.slice(-WAITING / 2);
    }
  });
  changes.addEventListener('dropped', (message) => {
    const lost = JSON.parse(message.data).dropped;
    seen += lost;
    notShown += lost;
  });
  draw();
}
