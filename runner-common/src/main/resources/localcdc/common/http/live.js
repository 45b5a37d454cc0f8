// Live changes: bounded whatever comes. What has come is drawn four times a second; what does not fit is counted, not drawn.
import { askForRows, bare, byId, exact, number, say, typedKey } from './elements.js';
import { changeLine } from './map.js';
import { t } from './texts.js';

const SHOWN = 100;
const WAITING = 2000;
const WAITING_CHARACTERS = 8e6;
const AGAIN_MILLIS = 2000;

/** Messages that have come and were not looked at yet: [number, text]. */
let waiting = [];
let waitingCharacters = 0;
/** Of the changes since the page, or the filter, began: how many came, met the filter, met it and were not drawn, were not looked at. */
let counts = { seen: 0, matched: 0, notShown: 0, notRead: 0 };
let paused = false;
let stream = null;
/** Changes below this number are in the list already. */
let filledUpTo = 0;
let filling = 0;

const operations = () => [...document.querySelectorAll('#live-filter [name=op]:checked')].map((box) => box.value);

function filter() {
  const table = byId('live-table').value;
  const wanted = new Set(operations());
  let key = null;
  try {
    key = byId('live-key').value.trim() === '' ? null : typedKey(byId('live-key').value).join('\u0000');
  } catch (unfinished) {
    return () => false;
  }
  return (change) => (table === '' || change.table === table) && wanted.has(change.op)
    && (key === null || (change.key !== null && Object.values(change.key).map(bare).join('\u0000') === key));
}

export function showCount() {
  say('live-count', number(counts.seen) + ' ' + t('seen') + ' · ' + number(counts.matched) + ' ' + t('matching')
    + (counts.notShown > 0 ? ' · ' + number(counts.notShown) + ' ' + t('notShown') : '')
    + (counts.notRead > 0 ? ' · ' + number(counts.notRead) + ' ' + t('notRead') : '')
    + (stream === null || stream.readyState !== EventSource.OPEN ? ' · ' + t('notConnected') : ''));
  say('pause', t(paused ? 'resume' : 'pause'));
}

function look() {
  const batch = waiting;
  waiting = [];
  waitingCharacters = 0;
  const wanted = filter();
  const fitting = [];
  for (const [number, text] of batch) {
    if (number < filledUpTo) {
      continue;
    }
    counts.seen += 1;
    try {
      const change = exact(text);
      if (wanted(change)) {
        fitting.push(change);
      }
    } catch (tooLarge) {
      console.debug('a change that cannot be shown', tooLarge);
      counts.notRead += 1;
    }
  }
  counts.matched += fitting.length;
  counts.notShown += paused ? fitting.length : Math.max(0, fitting.length - SHOWN);
  if (!paused && fitting.length > 0) {
    const list = byId('live');
    list.prepend(...fitting.slice(-SHOWN).reverse().map((change) => changeLine(change, true)));
    while (list.childElementCount > SHOWN) {
      list.lastElementChild.remove();
    }
  }
}

function draw() {
  try {
    // Until the list is filled it is not known what of this it has.
    if (filling === 0) {
      look();
    }
    showCount();
  } finally {
    setTimeout(draw, 250);
  }
}

/** Puts into the list what the runner remembers; what comes meanwhile waits. */
async function fill() {
  filling += 1;
  try {
    const table = byId('live-table').value;
    const latest = await askForRows('/api/changes?limit=' + SHOWN + (table ? '&table=' + encodeURIComponent(table) : '')
      + operations().map((operation) => '&op=' + operation).join(''));
    filledUpTo = latest.total;
    byId('live').replaceChildren(...latest.changes.filter(filter()).map((change) => changeLine(change, true)));
  } catch (failure) {
    console.debug('the latest changes cannot be had', failure);
  } finally {
    filling -= 1;
  }
}

function connect() {
  stream = new EventSource('/api/events');
  stream.addEventListener('open', () => {
    // The runner may be another one, which numbers from 0 again.
    filledUpTo = 0;
    waiting = [];
    waitingCharacters = 0;
    fill();
  });
  stream.addEventListener('message', (message) => {
    waiting.push([Number(message.lastEventId), message.data]);
    waitingCharacters += message.data.length;
    while (waiting.length > WAITING || (waitingCharacters > WAITING_CHARACTERS && waiting.length > 1)) {
      const half = waiting.splice(0, Math.ceil(waiting.length / 2));
      counts.seen += half.length;
      counts.notRead += half.length;
      waitingCharacters -= half.reduce((sum, [, text]) => sum + text.length, 0);
    }
  });
  stream.addEventListener('dropped', (message) => {
    const lost = JSON.parse(message.data).dropped;
    counts.seen += lost;
    counts.notRead += lost;
  });
  stream.addEventListener('error', () => {
    if (stream !== null && stream.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (stream !== null && stream.readyState === EventSource.CLOSED) {
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
    counts = { seen: 0, matched: 0, notShown: 0, notRead: 0 };
    fill();
  });
  // A page that nobody sees holds no connection; browsers have but six for all pages of one address.
  document.addEventListener('visibilitychange', () => {
    disconnect();
    if (!document.hidden) {
      connect();
    }
  });
  if (!document.hidden) {
    connect();
  }
  draw();
}
