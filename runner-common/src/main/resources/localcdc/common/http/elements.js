// Small pieces that every part of the page uses. Text goes in by textContent only, so that nothing in a row becomes markup.

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

export function drawn(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

export const number = (value, digits = 1) =>
  (value === null || value === undefined ? '–' : Number(value).toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits }));

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
  return number(left) + ' ' + units[unit];
}

/** Asks the runner for figures; its refusals become errors with its own words. */
export const ask = (path) => askAs(path, JSON.parse);

/** The same for rows, whose numbers may be longer than JavaScript's. */
export const askForRows = (path) => askAs(path, exact);

async function askAs(path, read) {
  const answer = await fetch(path);
  const body = read(await answer.text());
  if (!answer.ok) {
    throw Object.assign(new Error(body.error || answer.statusText), { status: answer.status });
  }
  return body;
}

/** The parts of a path for a key: its values in key order, without quotes, each encoded. */
export const keyPath = (key) => Object.values(key).map((value) => encodeURIComponent(bare(value))).join(',');

/** JSON that keeps what JavaScript's numbers cannot hold: such numbers become their own text. */
export function exact(text) {
  const marked = text.replace(/("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)/g,
    (all, string, digits) => (string || String(Number(digits)) === digits ? all : JSON.stringify('\u0001' + digits)));
  return JSON.parse(marked);
}

/** A key's value without quotes, as it stands in a path. */
export const bare = (value) => (typeof value === 'string' ? value.replace(/^\u0001/, '') : JSON.stringify(value));

/** A value as people read it, and as it is kept. */
export const shown = (value) => (typeof value === 'string' && value.startsWith('\u0001') ? value.slice(1) : JSON.stringify(value, plain));

const plain = (name, value) => (typeof value === 'string' && value.startsWith('\u0001') ? value.slice(1) : value);
