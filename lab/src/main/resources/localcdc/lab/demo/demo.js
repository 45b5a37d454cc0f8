// The lab's page: asks /api/status and /api/race once a second, and does what a visitor wants done.
import { ask, byId, bytes, element, number, order, say, show, tableRow, time, VERDICTS } from './elements.js';
import { startSettings } from './settings.js';
import { t } from './texts.js';
import './demo-texts.js';

const CHANGES_SHOWN = 8;
const millis = (value) => (value === null || value === undefined ? '–' : number(value, 2) + ' ms');
const sum = (path, field) => path.status.tables.reduce((all, table) => all + (table[field] || 0), 0);

/** The row that the visitor has changed last: its key as JSON. */
let followed = null;
let workload = null;

/** The stages that any of the paths has. */
const stages = (paths) => [...new Set(paths.flatMap((path) => Object.keys(path.status.stages || {})))];

function verdict(path) {
  const comparing = path.comparing ? ' · ' + t('verifying') : '';
  return path.verdict === null ? element('span', '–' + comparing)
    : element('span', t('verdict_' + path.verdict) + comparing, VERDICTS[path.verdict]);
}

const figures = (paths) => [
  [t('state'), (path) => path.status.state + (path.status.ready ? ' · ' + t('ready') : '')],
  [t('equalToPostgres'), verdict],
  [t('entries'), (path) => number(sum(path, 'size'))],
  [t('mapMemory'), (path) => bytes(sum(path, 'bytes'))],
  [t('cpuOfPath'), (path) => number(path.cpuCores, 2)],
  [t('position'), (path) => path.status.position],
  [t('received'), (path) => number(path.status.events)],
  [t('perSecond'), (path) => number(path.status.eventsPerSecond)],
  ...['p50', 'p90', 'p99', 'max'].map((figure) => [t('ofLastMinute', { figure: figure === 'max' ? t('slowest') : figure }),
    (path) => millis(path.status.latencyLastMinuteMillis.count === 0 ? null : path.status.latencyLastMinuteMillis[figure])]),
  ...stages(paths).map((name) => [t('ofThem', { stage: t(name) }), (path) => millis(((path.status.stages || {})[name] || {}).p50)]),
  [t('bad'), (path) => number(path.status.badRecords)],
  [t('unavailable'), (path) => number(path.status.unavailableValues)],
];

function heading(content) {
  const made = document.createElement('th');
  made.scope = 'col';
  made.append(content);
  return made;
}

function link(path) {
  const made = element('a', path.path);
  made.href = path.url;
  return made;
}

function showPaths(paths) {
  show(byId('paths'), paths.map((path) => [path.path, path.url]), () => [heading(t('path')), ...paths.map((path) => heading(link(path)))]);
  byId('figures').replaceChildren(...figures(paths).map(([name, value]) => tableRow(name, paths.map(value))));
}

function behind(value) {
  if (value === null || value === undefined) {
    return element('span', t('notThere'), 'wait');
  }
  return value === 0 ? element('strong', t('first'), 'good') : '+' + number(value, 2);
}

function showRace(table, race, withStanding) {
  const names = Object.keys(race.paths);
  const paths = Object.values(race.paths);
  show(table.tHead.rows[0], names, () => [heading(t('change')), ...names.map(heading)]);
  show(table.tBodies[0], race, () => [
    ...(withStanding ? [tableRow(t('first'), paths.map((path) => number(path.first))),
      tableRow(t('behindP50'), paths.map((path) => millis(path.behindMillis.p50))),
      tableRow(t('behindP99'), paths.map((path) => millis(path.behindMillis.p99)))] : []),
    ...race.latest.slice(0, CHANGES_SHOWN).map((change) => tableRow(t(change.op) + ' ' + change.key, names.map((name) => behind(change.behindMillis[name]))))]);
}

function showWorkload(now) {
  if (workload === null && now !== null) {
    byId('rate').value = now.rate;
    byId('transaction').value = now.transaction;
    byId('mix').value = now.mix;
  }
  workload = now;
  say('pause', t(now !== null && now.paused ? 'resume' : 'pause'));
  say('workload-now', now === null ? '' : [t('made', { made: number(now.made) }), now.burstLeft > 0 ? t('burstLeft', { left: number(now.burstLeft) }) : '',
    now.paused ? t('pausedNow') : '', now.problem].filter((part) => part !== '').join(' · '));
}

function faultButton(part) {
  const made = element('button', t(part.stopped ? 'startPart' : 'stopPart', { name: part.name }));
  made.type = 'button';
  made.addEventListener('click', () => act('fault-refused', 'POST', '/api/faults/' + part.name + '/' + (part.stopped ? 'start' : 'stop')));
  return made;
}

function showFaults(faults, paths) {
  show(byId('faults'), faults.parts, () => faults.parts.flatMap((part) => [faultButton(part), ' ']));
  const last = faults.last;
  const equalSince = (path) => path.verdict === 'equal' && new Date(path.verdictAt) > new Date(last.at);
  const known = last === null ? null : { last, problem: faults.problem, equal: paths.filter(equalSince).map((path) => path.path) };
  show(byId('fault-now'), known, () => {
    if (known === null) {
      return [];
    }
    const others = paths.map((path) => path.path).filter((name) => !known.equal.includes(name));
    return [t('fault_' + last.action, { name: last.name, at: time(last.at).textContent }), ' ', element('span', faults.problem, 'bad'), ' ',
      element('span', known.equal.length === 0 ? '' : t('equalAgain', { paths: known.equal.join(', ') }), 'good'), ' ',
      element('span', others.length === 0 ? '' : t('notYetEqual', { paths: others.join(', ') }), 'wait')];
  });
}

function showProcesses(processes) {
  show(byId('processes').tBodies[0], processes, () => processes.map((process) => tableRow(process.name, [
    number(process.cpuCores, 2), process.residentMib === null ? '–' : bytes(process.residentMib * 1024 * 1024)])));
}

function showState(status) {
  say('state', t(status.ready ? 'ready' : 'notReady'));
  byId('state').className = 'state ' + (status.ready ? 'good' : 'wait');
  say('reason', status.paths.length === 0 ? t('starting') : status.paths.filter((path) => !path.status.ready)
    .map((path) => path.path + ': ' + path.status.stateReason).join('; '));
}

async function poll() {
  try {
    const status = await ask('/api/status');
    showState(status);
    showPaths(status.paths);
    showWorkload(status.workload);
    showFaults(status.faults, status.paths);
    showProcesses(status.processes);
    const race = await ask('/api/race');
    say('race-note', t('raceNote', { changes: number(race.changes) }));
    showRace(byId('race'), race, true);
    if (followed !== null) {
      showRace(byId('row-race'), await ask('/api/race?key=' + encodeURIComponent(followed)), false);
    }
  } catch (failure) {
    if (!failure.unreachable) {
      console.error(failure);
    }
    say('state', t('unreachable'));
    byId('state').className = 'state bad';
    say('reason', failure.unreachable ? t('demoGone') : failure.message);
  }
  setTimeout(poll, document.hidden ? 5000 : 1000);
}

/** Does something; where that is refused, says why. */
async function act(refused, method, path, body) {
  say(refused, '');
  try {
    return await order(method, path, '', body);
  } catch (failure) {
    say(refused, failure.message);
    return null;
  }
}

async function changeRow(op) {
  const done = await act('row-refused', 'POST', '/api/rows', { op, id: op === 'insert' ? undefined : byId('row-id').value.trim(), firstName: byId('row-first').value,
    lastName: byId('row-last').value, email: byId('row-email').value, balance: byId('row-balance').value });
  if (done !== null) {
    byId('row-id').value = done.id;
    followed = '{"id":' + done.id + '}';
    byId('row-race').hidden = false;
    say('row-done', t('rowDone', { id: done.id, op: t(op === 'insert' ? 'create' : op) }));
  }
}

byId('compare').addEventListener('click', () => act('compare-refused', 'POST', '/api/trust'));
byId('workload').addEventListener('submit', (event) => {
  event.preventDefault();
  act('workload-refused', 'PUT', '/api/workload',
    { rate: Number(byId('rate').value), transaction: Number(byId('transaction').value), mix: byId('mix').value });
});
byId('pause').addEventListener('click', () => act('workload-refused', 'PUT', '/api/workload', { paused: !(workload !== null && workload.paused) }));
byId('burst').addEventListener('click', () => act('workload-refused', 'POST', '/api/workload/burst', { changes: Number(byId('burst-changes').value) }));
byId('row').addEventListener('submit', (event) => {
  event.preventDefault();
  changeRow(event.submitter === null ? 'insert' : event.submitter.value);
});

startSettings();
say('state', t('connecting'));
poll();
