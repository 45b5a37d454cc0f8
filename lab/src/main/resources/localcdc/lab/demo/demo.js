// The demo's page: asks /api/status once a second and shows a column for each path. Text goes in by textContent only, so
// that nothing that a path says can become markup.
'use strict';

const byId = (id) => document.getElementById(id);
const number = (value) => (value === null || value === undefined ? '–' : Number(value).toLocaleString('en', { maximumFractionDigits: 1 }));
const millis = (value) => (value === null || value === undefined ? '–' : number(value) + ' ms');
const stage = (path, name) => (path.status.stages && path.status.stages[name] ? millis(path.status.stages[name].p50) : '–');
const rows = (path) => path.status.tables.reduce((sum, table) => sum + table.size, 0);

const FIGURES = [
  ['state', (path) => path.status.state + (path.status.ready ? ', ready' : '')],
  ['map equals Postgres', (path) => path.equal + ' (' + Math.round(path.equalAgeSeconds) + ' s ago)'],
  ['rows in the map', (path) => number(rows(path))],
  ['position', (path) => path.status.position],
  ['events', (path) => number(path.status.events)],
  ['events a second', (path) => number(path.status.eventsPerSecond)],
  ['latency p50', (path) => millis(path.status.latencyMillis.p50)],
  ['latency p90', (path) => millis(path.status.latencyMillis.p90)],
  ['latency p99', (path) => millis(path.status.latencyMillis.p99)],
  ['latency max', (path) => millis(path.status.latencyMillis.max)],
  ['of it, p50: commit to captured', (path) => stage(path, 'commitToCaptured')],
  ['of it, p50: captured to appended', (path) => stage(path, 'capturedToAppended')],
  ['of it, p50: appended to applied', (path) => stage(path, 'appendedToApplied')],
  ['bad records', (path) => number(path.status.badRecords)],
  ['unknown values', (path) => number(path.status.unavailableValues)],
];

function cell(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function heading(path) {
  const made = cell('th', '');
  made.scope = 'col';
  const link = cell('a', path.path);
  link.href = path.url;
  made.append(link);
  return made;
}

function show(status) {
  byId('state').textContent = status.ready ? 'ready' : 'not ready';
  byId('state').className = 'state ' + (status.ready ? 'good' : 'wait');
  byId('reason').textContent = status.paths
    .filter((path) => !path.status.ready)
    .map((path) => path.path + ': ' + path.status.stateReason)
    .join('; ');
  const first = cell('th', 'Path');
  first.scope = 'col';
  byId('paths').replaceChildren(first, ...status.paths.map(heading));
  byId('figures').replaceChildren(...FIGURES.map(([name, value]) => {
    const row = document.createElement('tr');
    row.append(cell('td', name), ...status.paths.map((path) => cell('td', value(path))));
    return row;
  }));
}

async function poll() {
  try {
    const answer = await fetch('/api/status');
    show(await answer.json());
  } catch (failure) {
    byId('state').textContent = 'unreachable';
    byId('state').className = 'state bad';
    byId('reason').textContent = String(failure);
  }
  setTimeout(poll, 1000);
}

poll();
