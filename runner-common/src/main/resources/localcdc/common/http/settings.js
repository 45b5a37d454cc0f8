// Language and colours: as a visitor has chosen them, or as the address or the system says.
import { byId } from './elements.js';
import { languages, speak } from './texts.js';

function keep(name, value) {
  try {
    localStorage.setItem('localcdc.' + name, value);
  } catch (refused) {
    console.debug('not kept', name, refused);
  }
}

function kept(name) {
  try {
    return localStorage.getItem('localcdc.' + name);
  } catch (refused) {
    console.debug('nothing kept', name, refused);
    return null;
  }
}

/** Lets a visitor choose, and shows the page as was chosen before. */
export function startSettings(spoken = () => {}) {
  const asked = new URLSearchParams(location.search);
  const language = asked.get('lang') || kept('language') || navigator.language.slice(0, 2);
  byId('language').value = languages.includes(language) ? language : 'en';
  byId('language').addEventListener('change', () => {
    keep('language', byId('language').value);
    speak(byId('language').value);
    spoken();
  });
  const colours = asked.get('colours') || kept('colours') || '';
  byId('colours').value = colours;
  document.documentElement.dataset.colours = colours;
  byId('colours').addEventListener('change', () => {
    keep('colours', byId('colours').value);
    document.documentElement.dataset.colours = byId('colours').value;
  });
  speak(byId('language').value);
}
