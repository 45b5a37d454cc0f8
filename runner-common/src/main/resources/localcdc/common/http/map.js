// The tables, a search in one of them, and one entry with its latest changes.
import { askForRows, bytes, byId, element, keyPath, number, say, shortened, show, shown, tableRow, time, typedKey } from './elements.js';
import { t } from './texts.js';

const PAGE = 50;
/** A search that nobody waits for any more goes on at the runner, which makes but a few at once. */
const BUSY_MILLIS = 400;
const BUSY_TRIES = 10;
let asked = 0;
let opened = 0;
let running = new AbortController();
/** The search whose lines are shown, and where its next page begins. */
let current = { table: '', text: '', next: null };

const tablePath = (table) => '/api/tables/' + encodeURIComponent(table);

export function showTables(tables) {
  show(byId('tables').tBodies[0], tables, () => tables.map((table) => tableRow(table.table + (table.schemaChanged ? ' ⚠' : ''), [
    number(table.size), bytes(table.bytes), ...[table.creates, table.updates, table.deletes, table.truncates].map((value) => number(value))])));
  for (const id of ['search-table', 'live-table']) {
    const select = byId(id);
    const known = new Set([...select.options].map((option) => option.value));
    for (const table of tables) {
      const value = id === 'search-table' ? table.pathForm : table.table;
      if (!known.has(value)) {
        const option = element('option', table.table);
        option.value = value;
        select.append(option);
      }
    }
  }
}

function line(entry, table) {
  const row = document.createElement('tr');
  const cell = document.createElement('td');
  const open = element('button', Object.values(entry.key).map(shortened).join(', '), 'link');
  open.type = 'button';
  open.addEventListener('click', () => showEntry(entry.table, table, entry.key));
  cell.append(open);
  row.append(cell, element('td', Object.entries(entry.row).map(([name, value]) => name + ': ' + shortened(value)).join('  '), 'cut'));
  return row;
}

async function search() {
  const mine = ++asked;
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const table = byId('search-table').value;
  const key = byId('search-key').value.trim();
  const text = byId('search-text').value;
  try {
    if (key !== '') {
      const path = tablePath(table) + '/rows/' + keyPath(typedKey(key));
      const entry = await askForRows(path, signal);
      showPage(mine, { table, text: '', next: null }, [entry], false);
    } else {
      const page = await whenFree(mine, () => askForRows(pagePath(table, text, null), signal));
      showPage(mine, { table, text, next: page.next }, page.entries, false);
    }
  } catch (failure) {
    showPage(mine, { table, text, next: null }, [], false);
    if (mine === asked) {
      say('found', failure instanceof SyntaxError || failure.status !== 404 ? failure.message : t('none'));
    }
  }
}

/** Asks again while the runner has too much to do, until something else is searched for. */
async function whenFree(mine, question) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await question();
    } catch (failure) {
      if (failure.status !== 503 || mine !== asked || tries === BUSY_TRIES) {
        throw failure;
      }
      await new Promise((resolve) => setTimeout(resolve, BUSY_MILLIS));
      if (mine !== asked) {
        throw failure;
      }
    }
  }
}

const pagePath = (table, text, after) => tablePath(table) + '?limit=' + PAGE
  + (text ? '&text=' + encodeURIComponent(text) : '') + (after ? '&after=' + encodeURIComponent(after) : '');

async function more() {
  const mine = ++asked;
  const from = current;
  try {
    const page = await whenFree(mine, () => askForRows(pagePath(from.table, from.text, from.next)));
    showPage(mine, { ...from, next: page.next }, page.entries, true);
  } catch (failure) {
    if (mine === asked) {
      say('found', failure.message);
    }
  }
}

function showPage(mine, found, entries, further) {
  if (mine !== asked) {
    return;
  }
  current = found;
  const body = byId('entries').tBodies[0];
  const lines = entries.map((entry) => line(entry, found.table));
  if (further) {
    body.append(...lines);
  } else {
    body.replaceChildren(...lines);
  }
  byId('entries').hidden = body.rows.length === 0;
  byId('more').hidden = found.next === null;
  say('found', body.rows.length === 0 ? t('none') : number(body.rows.length) + ' ' + t('found') + (found.next ? ' …' : ''));
}

function columns(row, unavailable = []) {
  const lines = Object.entries(row).map(([name, value]) => [name, shown(value), '']);
  lines.push(...unavailable.map((name) => [name, t('unknown'), 'unknown']));
  return lines.map(([name, value, className]) => tableRow(name, [className ? element('span', value, className) : value]));
}

/** The columns in which two rows differ, each with what was and what is. */
export function difference(change) {
  const before = change.before || {};
  const after = change.row || {};
  const parts = document.createElement('span');
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = name in before ? shortened(before[name]) : null;
    const is = name in after ? shortened(after[name]) : null;
    if (was !== is || (name in before && name in after && shown(before[name]) !== shown(after[name]))) {
      const mark = document.createElement('span');
      mark.className = 'changed';
      mark.append(element('b', name + ': '));
      if (was !== null) {
        mark.append(element('del', was), ' ');
      }
      if (is !== null) {
        mark.append(element('ins', is));
      }
      parts.append(mark, ' ');
    }
  }
  return parts;
}

/** A change as one line: what it was, when, and what it changed. */
export function changeLine(change, withTable) {
  const item = document.createElement('li');
  const key = change.key === null ? '' : Object.values(change.key).map(shortened).join(', ');
  item.append(time(change.commitTime), ' ', element('span', t(change.op), 'op ' + change.op), ' ',
    element('span', withTable ? change.table + ' ' + key : change.lsn, 'where'), ' ', difference(change));
  return item;
}

async function showEntry(name, table, key) {
  const mine = ++opened;
  const path = tablePath(table) + '/rows/' + keyPath(key);
  byId('entry').hidden = false;
  say('entry-title', name + ' ' + Object.entries(key).map(([column, value]) => column + ' ' + shortened(value)).join(', '));
  for (const id of ['entry-columns', 'entry-history']) {
    byId(id).replaceChildren();
  }
  say('entry-place', '');
  say('entry-history-note', '');
  byId('entry').focus();
  const [entry, history] = await Promise.allSettled([askForRows(path), askForRows(path + '/changes?limit=100')]);
  if (mine !== opened) {
    return;
  }
  if (entry.status === 'fulfilled') {
    byId('entry-columns').replaceChildren(...columns(entry.value.row, entry.value.unavailable));
    say('entry-place', t('place') + ' ' + entry.value.lsn);
  } else {
    say('entry-place', entry.reason.status === 404 ? t('none') : entry.reason.message);
  }
  if (history.status === 'fulfilled') {
    byId('entry-history').replaceChildren(...history.value.changes.map((change) => changeLine(change, false)));
    say('entry-history-note', t(history.value.changes.length ? 'historyNote' : 'historyNone', { searched: number(history.value.searched) }));
  } else {
    say('entry-history-note', history.reason.message);
  }
}

export function startMap() {
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  byId('search-table').addEventListener('change', search);
  byId('more').addEventListener('click', more);
}
