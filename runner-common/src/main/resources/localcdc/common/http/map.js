// The tables, a search in one of them, and one entry with its latest changes.
import { askForRows, bytes, byId, element, keyPath, number, shown } from './elements.js';
import { t } from './texts.js';

const PAGE = 50;
let asked = 0;
let next = null;

const tablePath = (table) => '/api/tables/' + encodeURIComponent(table);

export function showTables(tables) {
  byId('tables').tBodies[0].replaceChildren(...tables.map((table) => {
    const row = document.createElement('tr');
    const name = element('th', table.table + (table.schemaChanged ? ' ⚠' : ''));
    name.scope = 'row';
    row.append(name, element('td', number(table.size)), element('td', bytes(table.bytes)),
      ...[table.creates, table.updates, table.deletes, table.truncates].map((value) => element('td', number(value))));
    return row;
  }));
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

function line(entry) {
  const row = document.createElement('tr');
  const cell = document.createElement('td');
  const open = element('button', Object.values(entry.key).map(shown).join(', '), 'link');
  open.type = 'button';
  open.addEventListener('click', () => showEntry(byId('search-table').value, entry.key));
  cell.append(open);
  row.append(cell, element('td', Object.entries(entry.row).map(([name, value]) => name + ': ' + shown(value)).join('  '), 'cut'));
  return row;
}

async function search(after) {
  const mine = ++asked;
  const table = byId('search-table').value;
  const key = byId('search-key').value.trim();
  const text = byId('search-text').value;
  try {
    let entries;
    if (key !== '' && after === null) {
      const found = await askForRows(tablePath(table) + '/rows/' + key.split(',').map((part) => encodeURIComponent(part.trim())).join(','));
      entries = { entries: [found], next: null };
    } else {
      entries = await askForRows(tablePath(table) + '?limit=' + PAGE + (text ? '&text=' + encodeURIComponent(text) : '') + (after ? '&after=' + encodeURIComponent(after) : ''));
    }
    if (mine === asked) {
      showEntries(entries, after !== null);
    }
  } catch (failure) {
    if (mine === asked) {
      showEntries({ entries: [], next: null }, false);
      byId('found').textContent = failure.message;
    }
  }
}

function showEntries(page, further) {
  const body = byId('entries').tBodies[0];
  const lines = page.entries.map(line);
  if (further) {
    body.append(...lines);
  } else {
    body.replaceChildren(...lines);
  }
  next = page.next;
  byId('entries').hidden = body.rows.length === 0;
  byId('more').hidden = next === null;
  byId('found').textContent = body.rows.length === 0 ? t('none') : number(body.rows.length) + ' ' + t('found') + (next ? ' …' : '');
}

function columns(row, unavailable = []) {
  const lines = Object.entries(row).map(([name, value]) => [name, shown(value), '']);
  lines.push(...unavailable.map((name) => [name, t('unknown'), 'unknown']));
  return lines.map(([name, value, className]) => {
    const made = document.createElement('tr');
    const title = element('th', name);
    title.scope = 'row';
    made.append(title, element('td', value, className));
    return made;
  });
}

function difference(change) {
  const before = change.before || {};
  const after = change.row || {};
  const parts = document.createElement('span');
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = name in before ? shown(before[name]) : null;
    const is = name in after ? shown(after[name]) : null;
    if (was !== is) {
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
  const key = change.key === null ? '' : Object.values(change.key).map(shown).join(', ');
  item.append(element('time', change.commitTime.slice(11, 23)), ' ', element('span', t(change.op), 'op ' + change.op), ' ',
    element('span', withTable ? change.table + ' ' + key : change.lsn, 'where'), ' ', difference(change));
  return item;
}

async function showEntry(table, key) {
  const path = tablePath(table) + '/rows/' + keyPath(key);
  byId('entry').hidden = false;
  byId('entry-title').textContent = byId('search-table').selectedOptions[0].textContent + ' ' + Object.entries(key).map(([name, value]) => name + ' ' + shown(value)).join(', ');
  try {
    const entry = await askForRows(path);
    byId('entry-columns').replaceChildren(...columns(entry.row, entry.unavailable));
    byId('entry-place').textContent = t('place') + ' ' + entry.lsn;
  } catch (failure) {
    byId('entry-columns').replaceChildren();
    byId('entry-place').textContent = failure.status === 404 ? t('none') : failure.message;
  }
  try {
    const history = await askForRows(path + '/changes?limit=100');
    byId('entry-history').replaceChildren(...history.changes.map((change) => changeLine(change, false)));
    byId('entry-history-note').textContent = t(history.changes.length ? 'historyNote' : 'historyNone', { searched: number(history.searched) });
  } catch (failure) {
    byId('entry-history').replaceChildren();
    byId('entry-history-note').textContent = failure.message;
  }
  byId('entry').focus();
}

export function startMap() {
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    search(null);
  });
  byId('search-table').addEventListener('change', () => search(null));
  byId('more').addEventListener('click', () => search(next));
}
