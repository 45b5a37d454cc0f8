// Live changes: bounded whatever comes. The runner filters and counts; once a second at most it sends the counts and the newest changes.
import { byId, exact, keyPath, number, say, typedKey } from './elements.js';
import { changeLine } from './map.js';
import { t } from './texts.js';

const SHOWN = 100;
/** Where more than that come at once, the list would be another one each time, and nobody could read it: so many say what comes. */
const SHOWN_OF_MANY = 25;
/** A change that comes alone is shown at once; of many nobody reads more than a list a second. */
const EVERY_MILLIS = 1000;
const TYPING_MILLIS = 300;
const AGAIN_MILLIS = 2000;

/** Of the changes since the page, or the filter, began: how many came, met the filter, met it and were not drawn, were not looked at. */
let counts = { seen: 0, matched: 0, notShown: 0, notRead: 0 };
let paused = false;
/** Whether the list waits for what the runner remembers, also while it is paused. */
let emptied = false;
/** The newest changes, the newest first, that wait until the list is in sight. */
let waiting = [];
let inSight = true;
let stream = null;
let typing = null;

function forget() {
  counts = { seen: 0, matched: 0, notShown: 0, notRead: 0 };
}

const operations = () => [...document.querySelectorAll('#live-filter [name=op]:checked')].map((box) => box.value);

/** What the visitor wants to see, as a query; null where that can be no change. */
function query() {
  const wanted = operations();
  if (wanted.length === 0) {
    return null;
  }
  const table = byId('live-table').value;
  const key = byId('live-key').value.trim();
  try {
    return wanted.map((operation) => '&op=' + operation).join('') + (table ? '&table=' + encodeURIComponent(table) : '')
      + (key ? '&key=' + keyPath(typedKey(key)) : '');
  } catch (unfinished) {
    return null;
  }
}

export function showCount() {
  say('live-count', number(counts.seen) + ' ' + t('seen') + ' · ' + number(counts.matched) + ' ' + t('matching')
    + (counts.notShown > 0 ? ' · ' + number(counts.notShown) + ' ' + t('notShown') : '')
    + (counts.notRead > 0 ? ' · ' + number(counts.notRead) + ' ' + t('notRead') : '')
    + (query() !== null && (stream === null || stream.readyState !== EventSource.OPEN) ? ' · ' + t('notConnected') : ''));
  say('pause', t(paused ? 'resume' : 'pause'));
}

function draw() {
  const list = byId('live');
  list.prepend(...waiting.map((change) => changeLine(change, true)));
  waiting = [];
  while (list.childElementCount > SHOWN) {
    list.lastElementChild.remove();
  }
}

/** A list that nobody sees is drawn only while that costs little. */
function put(changes) {
  waiting = [...changes, ...waiting];
  counts.notShown += waiting.splice(SHOWN).length;
  if (inSight || changes.length < SHOWN_OF_MANY) {
    draw();
  }
}

/** What a message says; where a value in it is larger than this page can take, its counts. */
function read(data) {
  try {
    return exact(data);
  } catch (tooLarge) {
    console.debug('changes that cannot be shown', tooLarge);
    const head = /^\{("seen":\d+,"matching":\d+,"lost":\d+),/.exec(data);
    return { ...(head ? JSON.parse('{' + head[1] + '}') : {}), changes: [] };
  }
}

function take(summary) {
  counts.seen += summary.seen + summary.lost;
  counts.matched += summary.matching;
  counts.notRead += summary.lost;
  counts.notShown += summary.matching - (paused ? 0 : summary.changes.length);
  if (!paused) {
    put(summary.changes);
  }
  showCount();
}

function connect() {
  disconnect();
  const wanted = query();
  if (wanted === null || document.hidden) {
    return;
  }
  stream = new EventSource('/api/events?every=' + EVERY_MILLIS + '&newest=' + SHOWN + '&ofMany=' + SHOWN_OF_MANY + wanted);
  // What the runner remembers comes first, also when the connection was lost and is there again.
  stream.addEventListener('latest', (message) => {
    if (emptied || !paused) {
      emptied = false;
      counts.notShown += waiting.length;
      waiting = read(message.data).changes;
      byId('live').replaceChildren();
      draw();
    }
    showCount();
  });
  stream.addEventListener('changes', (message) => take(read(message.data)));
  stream.addEventListener('error', (event) => {
    showCount();
    if (event.target.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (stream === event.target) {
          connect();
        }
      }, AGAIN_MILLIS);
    }
  });
}

function disconnect() {
  if (stream !== null) {
    stream.close();
    stream = null;
  }
}

export function startLive() {
  byId('pause').addEventListener('click', () => {
    paused = !paused;
    showCount();
  });
  const form = byId('live-filter');
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      forget();
      waiting = [];
      byId('live').replaceChildren();
      emptied = true;
      connect();
      showCount();
    }, TYPING_MILLIS);
  });
  // A page that nobody sees holds no connection; browsers have but six for all pages of one address.
  document.addEventListener('visibilitychange', connect);
  new IntersectionObserver((seen) => {
    inSight = seen.at(-1).isIntersecting;
    if (inSight) {
      draw();
    }
  }).observe(byId('live'));
  addEventListener('beforeprint', draw);
  connect();
  showCount();
}
