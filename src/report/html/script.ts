/**
 * What the page does in the browser: it shows the lines that a reader asks for. It reads numbers and words
 * of the gate alone, and puts no text into the page but how many lines are shown.
 */
export const SCRIPT = `'use strict';
(() => {
  const form = document.querySelector('form');
  const lines = [...document.querySelectorAll('[data-state]')];
  const parts = [...document.querySelectorAll('.part')];
  const sections = [...document.querySelectorAll('main > section')];
  const folds = [...document.querySelectorAll('details.part')];
  const shown = document.querySelector('output');
  const has = (element) => element.querySelector('[data-state]') !== null;
  const hasShown = (element) => element.querySelector('[data-state]:not([hidden])') !== null;
  const apply = () => {
    const { api, rule, verdict } = Object.fromEntries(new FormData(form));
    const isFiltered = api !== '' || rule !== '' || verdict !== '';
    let count = 0;
    for (const line of lines) {
      const { api: ofApi, rules, state } = line.dataset;
      const fits =
        (api === '' || ofApi === api) &&
        (rule === '' || rules.split(' ').includes(rule)) &&
        (verdict === '' || state === verdict);
      line.hidden = !fits;
      if (fits) count += 1;
    }
    for (const it of [...parts, ...sections]) it.hidden = isFiltered && (!has(it) || !hasShown(it));
    for (const fold of folds) fold.open = isFiltered;
    shown.textContent = isFiltered ? count + ' of ' + lines.length + ' lines shown' : '';
  };
  form.addEventListener('input', apply);
  form.querySelector('button').addEventListener('click', (event) => {
    event.preventDefault();
    form.reset();
    apply();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
})();
`;
