// What the desk does beyond plain forms: single-key shortcuts, and news of new leads. Everything here also works with Tab and Enter.
const one = selector => document.querySelector(selector);
const links = () => [...document.querySelectorAll('.row__name a')].filter(link => link.checkVisibility());
const page = one('[data-lead-page]');

// A form sent twice counts once. The page shows that the first tap was enough.
document.addEventListener('submit', event => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  else event.target.dataset.sent = 'yes';
});
addEventListener('pageshow', () => document.querySelectorAll('[data-sent]').forEach(form => delete form.dataset.sent));

function step(by) {
  if (page) {
    const to = by > 0 ? page.dataset.next : page.dataset.previous;
    if (to) location.href = to;
    return;
  }
  const all = links(), at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
}

function claim() {
  const row = document.activeElement?.closest('.row');
  (row ? row.querySelector('.row__owner button') : one('#claim'))?.click();
}

const go = path => () => { location.href = path; };
const keys = {
  j: () => step(1), k: () => step(-1), c: claim, '.': () => one('#show-new')?.click(),
  l: () => one('.log__button')?.focus(), n: () => one('#note')?.focus(), z: () => one('#undo')?.click(), u: go('/staff'),
  '/': () => one('#find')?.focus(), a: go('/staff/leads/add'), b: go('/staff/leads/add'), x: () => one('#cover')?.click(), '?': go('/staff/keys'),
};
const after = { g: { q: go('/staff'), c: go('/staff/calls') }, l: {} };
for (const digit of '123456') after.l[digit] = () => one(`.log__button[data-key="${digit}"]`)?.click();

let before = '';
document.addEventListener('keydown', event => {
  const typing = event.target.closest('input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]');
  if (event.key === 'Escape' && typing) typing.blur();
  if (document.body.dataset.keys !== 'on' || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const act = after[before]?.[event.key] ?? keys[event.key];
  before = event.key in after ? event.key : '';
  if (!act) return;
  event.preventDefault();
  act();
});

// New leads are announced, and never move the list under someone's finger.
const live = one('#live');
if (live && 'EventSource' in window) {
  const shown = [...document.querySelectorAll('[data-lead]')].map(row => row.dataset.lead);
  let versions;
  const stream = new EventSource(live.dataset.stream);
  const clock = () => new Date().toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit', timeZone: live.dataset.zone }).toLowerCase();
  const tell = (place, text) => {
    place.innerHTML = '';
    const bar = document.createElement('div'), words = document.createElement('p'), show = document.createElement('a');
    bar.className = 'flash';
    words.className = 'flash__text';
    words.textContent = text;
    show.className = 'button button--small';
    show.id = 'show-new';
    show.href = location.pathname + location.search;
    show.textContent = 'Show';
    bar.append(words, show);
    place.append(bar);
  };
  stream.addEventListener('queue', event => {
    const state = JSON.parse(event.data);
    live.className = 'live';
    live.textContent = `Live, ${clock()}`;
    document.title = document.title.replace(/^\d+ to answer/, `${state.leads.length} to answer`);
    const isNew = lead => !shown.includes(lead);
    const fresh = state.leads.filter(isNew), emergency = state.emergency.filter(isNew), risk = state.risk.filter(isNew);
    if (emergency.length) tell(one('#news-risk'), emergency.length === 1
      ? 'Someone who may be in a medical emergency has just written. Please open it now.'
      : `${emergency.length} people who may be in a medical emergency have written. Please open them now.`);
    else if (risk.length) tell(one('#news-risk'), risk.length === 1 ? 'Someone who may be at risk has just written. Please read it first.' : `${risk.length} people who may be at risk have written. Please read them first.`);
    else if (fresh.length) tell(one('#news'), fresh.length === 1 ? 'One lead has come up.' : `${fresh.length} leads have come up.`);
    else if (versions !== undefined && versions !== state.versions) tell(one('#news'), 'A colleague has changed something.');
    versions = state.versions;
    if (state.endsSoon && !one('#stay')) {
      tell(one('#news'), 'You will be signed out in two minutes.');
      one('#show-new').textContent = 'Stay signed in';
      one('#show-new').id = 'stay';
    }
  });
  const stop = () => {
    stream.close();
    live.className = 'live live--off';
    live.innerHTML = '';
    live.append(`Live updates stopped at ${clock()}. `);
    const again = document.createElement('a');
    again.href = location.pathname + location.search;
    again.textContent = 'Reload';
    live.append(again);
  };
  stream.addEventListener('signed-out', stop);
  stream.addEventListener('error', () => { if (stream.readyState === EventSource.CLOSED) stop(); });
}

// As on the site: after a form with mistakes is corrected and sent, Back must not ask to send the first try again.
addEventListener("submit", () => history.replaceState(history.state, "", location.href.replace(/\?handler=.*/, "")));
