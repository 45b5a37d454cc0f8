// The status page: asks /api/status once a second and follows /api/events. Text goes in by textContent only, so that
// nothing in a row can become markup.
'use strict';

const SHOWN = 200;
const byId = (id) => document.getElementById(id);
const number = (value) => (value === null || value === undefined ? '–' : Number(value).toLocaleString('en', { maximumFractionDigits: 1 }));

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function showFigures(status) {
  const latency = status.latencyMillis;
  const figures = [
    ['position', status.position],
    ['events', number(status.events)],
    ['events a second', number(status.eventsPerSecond)],
    ['latency p50', number(latency.p50) + ' ms'],
    ['latency p99', number(latency.p99) + ' ms'],
    ['latency max', number(latency.max) + ' ms'],
    ['behind the log', number(status.lagBytes) + ' bytes'],
    ['heartbeat', number(status.heartbeatAgeSeconds) + ' s ago'],
    ['replays ignored', number(status.staleIgnored)],
    ['bad records', number(status.badRecords)],
    ['unknown values', number(status.unavailableValues)],
    ['up for', number(status.uptimeSeconds) + ' s'],
  ];
  byId('figures').replaceChildren(...figures.map(([name, value]) => {
    const pair = document.createElement('div');
    pair.append(element('dt', name), element('dd', value));
    return pair;
  }));
}

function showTables(tables) {
  byId('tables').replaceChildren(...tables.map((table) => {
    const row = document.createElement('tr');
    const name = document.createElement('td');
    const link = element('a', table.table + (table.schemaChanged ? ' (definition has changed)' : ''));
    link.href = '/api/tables/' + encodeURIComponent(table.pathForm);
    name.append(link);
    row.append(name, ...[table.size, table.creates, table.updates, table.deletes, table.truncates]
      .map((value) => element('td', number(value))));
    return row;
  }));
}

function showState(state, ready, reason) {
  byId('state').textContent = state + (ready ? ', ready' : '');
  byId('state').className = 'state ' + (ready ? 'good' : state === 'FAILED' || state === 'unreachable' ? 'bad' : 'wait');
  byId('reason').textContent = reason;
}

async function poll() {
  try {
    const answer = await fetch('/api/status');
    const status = await answer.json();
    byId('runner').textContent = status.runner + (status.engine ? ' / ' + status.engine : '');
    showState(status.state, status.ready, status.stateReason);
    showFigures(status);
    showTables(status.tables);
  } catch (failure) {
    showState('unreachable', false, String(failure));
  }
  setTimeout(poll, 1000);
}

let counted = 0;
let paused = false;
let waiting = [];

byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').textContent = paused ? 'Resume' : 'Pause';
  byId('pause').setAttribute('aria-pressed', String(paused));
});

function count(more) {
  counted += more;
  byId('counted').textContent = number(counted) + ' changes';
}

function draw() {
  if (waiting.length > 0 && !paused) {
    count(waiting.length);
    const lines = waiting.slice(-SHOWN).reverse().map((text) => {
      const change = JSON.parse(text);
      return element('li', change.commitTime + ' ' + change.op + ' ' + change.table + ' '
        + JSON.stringify(change.key) + ' ' + (change.row ? JSON.stringify(change.row) : ''));
    });
    waiting = [];
    const list = byId('live');
    list.prepend(...lines);
    while (list.childElementCount > SHOWN) {
      list.lastElementChild.remove();
    }
  }
  setTimeout(draw, 250);
}

const changes = new EventSource('/api/events');
changes.addEventListener('message', (message) => {
  waiting.push(message.data);
  if (waiting.length > 5000) {
    count(waiting.length - SHOWN);
    waiting = waiting.slice(-SHOWN);
  }
});
changes.addEventListener('dropped', (message) => count(JSON.parse(message.data).dropped));

poll();
draw();
