// Small pieces that every part of the page uses. Text goes in by textContent only, so that nothing in a row becomes markup.

const TIMEOUT_MILLIS = 15000;
/** Begins a number that JavaScript cannot hold, kept as its text; the runner's UTF-8 cannot contain it. */
const NUMBER = '\ud800';
const LONGEST_SHOWN = 300;
const DAY_MILLIS = 86400000;

export const byId = (id) => document.getElementById(id);

export function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) {
    made.textContent = text;
  }
  if (className) {
    made.className = className;
  }
  return made;
}

/** A line of a table: its heading, and its cells, each a text or an element. */
export function tableRow(title, cells) {
  const row = document.createElement('tr');
  const heading = element('th', title);
  heading.scope = 'row';
  row.append(heading, ...cells.map((content) => {
    const cell = document.createElement('td');
    cell.append(content);
    return cell;
  }));
  return row;
}

/** How the results of a comparison look. */
export const VERDICTS = { equal: 'good', different: 'bad', undecided: 'wait' };

/** Sets a text only where it is another one: screen readers announce what is written, and a selection must not be lost. */
export function say(id, text) {
  const said = byId(id);
  if (said.textContent !== text) {
    said.textContent = text;
  }
}

/** Puts anew what is inside an element, but only when what it shows has changed. */
export function show(parent, content, make) {
  const shownNow = document.documentElement.lang + JSON.stringify(content);
  if (parent.shownNow !== shownNow) {
    parent.shownNow = shownNow;
    parent.replaceChildren(...make());
  }
}

/** Making a format costs a hundred times as much as using it. */
const formats = new Map();

function format(options) {
  const name = document.documentElement.lang + JSON.stringify(options);
  if (!formats.has(name)) {
    formats.set(name, new Intl.NumberFormat(document.documentElement.lang, options));
  }
  return formats.get(name);
}

export const number = (value, digits = 1) =>
  (value === null || value === undefined ? '–' : format({ maximumFractionDigits: digits }).format(value));

/** A number in few letters, such as 12K. */
export const compact = (value) => format({ notation: 'compact' }).format(value);

export function bytes(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let left = Number(value);
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return number(left) + '\u00a0' + units[unit];
}

/** A time span in the largest unit that says enough. */
export function duration(seconds) {
  const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const [unit, length] = units.find(([, size]) => seconds >= size) || units[3];
  return format({ style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: seconds < 10 ? 1 : 0 }).format(seconds / length);
}

const padded = (value, digits = 2) => String(value).padStart(digits, '0');

/** A moment in local time, with its date where that is not today. */
export function time(iso) {
  const moment = new Date(iso);
  const clock = padded(moment.getHours()) + ':' + padded(moment.getMinutes()) + ':' + padded(moment.getSeconds()) + '.' + padded(moment.getMilliseconds(), 3);
  const date = moment.getFullYear() + '-' + padded(moment.getMonth() + 1) + '-' + padded(moment.getDate());
  const today = Date.now() - moment < DAY_MILLIS && new Date().getDate() === moment.getDate();
  const made = element('time', today ? clock : date + ' ' + clock);
  made.dateTime = iso;
  return made;
}

/** Asks the runner for figures; its refusals become errors with its own words. */
export const ask = (path) => askAs(path, JSON.parse);

/** The same for rows, whose numbers may be longer than JavaScript's. */
export const askForRows = (path, signal) => askAs(path, exact, signal);

/** Asks the runner to do something; with a token where it needs one. */
export const order = (method, path, token, body) => askAs(path, JSON.parse, undefined, {
  method, body: body === undefined ? undefined : JSON.stringify(body), headers: token ? { Authorization: 'Bearer ' + token } : {} });

async function askAs(path, read, signal, options = {}) {
  let answer;
  let text;
  try {
    answer = await fetch(path, { ...options, signal: signal || AbortSignal.timeout(TIMEOUT_MILLIS) });
    text = await answer.text();
  } catch (failure) {
    throw Object.assign(new Error(failure.message), { unreachable: true });
  }
  const body = read(text);
  if (!answer.ok) {
    throw Object.assign(new Error(body.error || answer.statusText), { status: answer.status });
  }
  return body;
}

/** JSON that keeps numbers as they are written: where JavaScript would change one, its text is kept. */
export function exact(text) {
  return JSON.parse(text.replace(/("(?:[^"\\]+|\\.)*")|(-?\d[\d.eE+-]*)/g,
    (all, string, digits) => (string || String(Number(digits)) === digits ? all : '"' + NUMBER + digits + '"')));
}

/** A figure that stands beside rows: a number, also where its text was kept. */
export const figure = (value) => (typeof value === 'string' && value.startsWith(NUMBER) ? Number(value.slice(NUMBER.length)) : value);

/** Turn round the text that follows them: a key could pass for another one. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

const visible = (text) => text.replace(TURNING, (turning) => '\\u' + turning.charCodeAt(0).toString(16));

const json = (value) => JSON.stringify(value).replace(/"\\ud800([^"]*)"/g, '$1');

/** A value as people read it; as JSON it is what is kept. */
export const shown = (value) => visible(json(value));

/** The same, but no longer than a line can be. */
export function shortened(value) {
  const text = shown(value);
  return text.length > LONGEST_SHOWN ? text.slice(0, LONGEST_SHOWN) + '…' : text;
}

/** A key's value without quotes, as it stands in a path. */
export const bare = (value) => (typeof value === 'string' && !value.startsWith(NUMBER) ? value : json(value));

/** The part of a path for a key: its values in key order, each encoded. */
export const keyPath = (key) => Object.values(key).map((value) => encodeURIComponent(bare(value))).join(',');

/** The values of a key that somebody has typed: separated by commas, and in quotes, as JSON, where they contain one. */
export const typedKey = (text) => [...text.matchAll(/\s*("(?:[^"\\]|\\.)*"|[^,]*?)\s*(?:,|$)/g)]
  .filter((part, i) => part[0] !== '' || i === 0)
  .map((part) => (part[1].startsWith('"') ? JSON.parse(part[1]) : part[1]));
