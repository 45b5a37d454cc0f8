// The comparison of the map with Postgres: a button that begins one, its progress, and what the last one has found.
import { askForRows, byId, duration, element, figure, number, order, say, shortened, show, tableRow, time, VERDICTS } from './elements.js';
import { difference } from './map.js';
import { t } from './texts.js';

/** Comparisons are seldom. */
const EVERY_MILLIS = 5000;

/** What /api/trust has told, and when. */
let state = { offered: false, running: null, latest: null };
let askedAt = -EVERY_MILLIS;
/** How often an answer that had not come yet was not to count. */
let forgotten = 0;

function showRunning(running) {
  byId('verify-start').disabled = running !== null;
  byId('verify-progress').hidden = running === null;
  if (running === null) {
    say('verify-running', '');
    return;
  }
  if (running.rowsTotal > 0) {
    byId('verify-progress').value = Math.min(1, running.rowsCompared / running.rowsTotal);
  }
  say('verify-running', t('verifying') + ': ' + number(running.rowsCompared) + ' ' + t('rowsCompared')
    + (running.open > 0 ? ', ' + number(running.open) + ' ' + t('lookedAtAgain') : ''));
}

const verdict = (latest) => element('strong', t('verdict_' + latest.verdict), 'state ' + VERDICTS[latest.verdict]);

function mismatch(found) {
  const item = element('li', t(found.kind) + ': ' + found.table + ' ' + Object.values(found.key).map(shortened).join(', ') + ' ');
  item.append(difference({ before: found.postgres, row: found.map }));
  return item;
}

function showLatest(latest) {
  const result = byId('verify-result');
  show(result, latest, () => (latest === null ? [t('neverVerified')] : [
    verdict(latest), ' ', number(latest.rowsCompared) + ' ' + t('rowsCompared') + ', ', time(latest.ended), ', ' + duration(figure(latest.seconds)), latest.by === 'command' ? ', ' + t('byCommand') : '',
    latest.reason === '' ? '' : ': ' + latest.reason]));
  const tables = latest === null ? [] : latest.report.tables;
  byId('verify-tables').hidden = tables.length === 0;
  show(byId('verify-tables').tBodies[0], tables, () => tables.map((table) => tableRow(table.table,
    [table.rowsCompared, table.missing, table.unexpected, table.different, table.inFlight].map((value) => number(value)))));
  const mismatches = latest === null ? [] : latest.report.mismatches;
  byId('verify-legend').hidden = mismatches.length === 0;
  show(byId('verify-mismatches'), mismatches, () => mismatches.map(mismatch));
}

/** Asks how the comparison stands: seldom, but while one runs, and once a question was not answered: another runner may answer now. */
export async function askForTrust() {
  if (state.running === null && performance.now() - askedAt < EVERY_MILLIS) {
    return;
  }
  const [now, before] = [performance.now(), forgotten];
  const told = await askForRows('/api/trust');
  if (before === forgotten) {
    state = told;
    askedAt = now;
  }
}

/** What is known of the runner counts no more, nor what is being asked for. */
export function forgetTrust() {
  askedAt = -EVERY_MILLIS;
  forgotten += 1;
}

/** Shows how the comparison stands; nothing where this runner does not know its Postgres. */
export function showVerify() {
  byId('verify').hidden = !state.offered;
  if (state.offered) {
    showRunning(state.running);
    showLatest(state.latest);
  }
}

async function begin() {
  say('verify-refused', '');
  try {
    const begun = await order('POST', '/api/trust', byId('verify-token-value').value);
    state = { ...state, running: begun.running };
    byId('verify-token').hidden = true;
    showVerify();
    forgetTrust();
  } catch (failure) {
    byId('verify-token').hidden = failure.status !== 401;
    if (failure.status === 401) {
      byId('verify-token-value').focus();
    }
    say('verify-refused', failure.message);
  }
}

export function startVerify() {
  byId('verify-start').addEventListener('click', begin);
}
