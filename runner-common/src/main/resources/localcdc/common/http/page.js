// The runner's page: asks /api/status and /api/latency once a second, /api/trust every five, and follows /api/events.
import { ask, bytes, byId, duration, element, number, say, show } from './elements.js';
import { askForLatency, showLatency } from './latency.js';
import { showCount, startLive } from './live.js';
import { showTables, startMap } from './map.js';
import { showPipeline } from './pipeline.js';
import { startSettings } from './settings.js';
import { askForTrust, forgetTrust, showVerify, startVerify } from './verify.js';
import { t } from './texts.js';

function showState(state, ready, reason) {
  say('state', state + (ready ? ' · ' + t('ready') : ''));
  byId('state').className = 'state ' + (ready ? 'good' : state === 'FAILED' || state === t('unreachable') ? 'bad' : 'wait');
  say('reason', reason);
}

function showProgress(status) {
  const details = status.details || {};
  let share = null;
  let secondsLeft = null;
  if (!status.ready && details.rebuild) {
    share = details.rebuild.share;
    secondsLeft = details.rebuild.secondsLeft;
  } else if (!status.ready && details.snapshotRowsEstimated > 0) {
    share = Math.min(1, details.snapshotRows / details.snapshotRowsEstimated);
    secondsLeft = share > 0 && status.uptimeSeconds > 0 ? status.uptimeSeconds * (1 - share) / share : null;
  }
  byId('progress').hidden = share === null || share === undefined;
  if (share !== null && share !== undefined) {
    byId('progress-bar').value = share;
    say('progress-text', t('rebuilding') + ': ' + number(share * 100, 0) + ' %'
      + (secondsLeft === null || secondsLeft === undefined ? '' : ', ' + t('left', { seconds: number(secondsLeft, 0) })));
  }
}

/** How long until the slot keeps so much of the log that it is a danger. */
function slotLeft(details) {
  const seconds = details.slotSecondsLeft;
  return (seconds === null || seconds === undefined ? t('notGrowing') : duration(seconds)) + ' (' + bytes(details.slotDangerBytes) + ')';
}

function showTrust(status) {
  const details = status.details || {};
  const figures = [
    [t('received'), number(status.events)], [t('stale'), number(status.staleIgnored)], [t('bad'), number(status.badRecords)],
    [t('unavailable'), number(status.unavailableValues)], [t('clock'), number(status.clockOffsetMillis, 2) + ' ms'],
    [t('changedSchema'), status.schemaChanged.length === 0 ? '0' : status.schemaChanged.join(', ')],
    [t('up'), number(status.uptimeSeconds, 0) + ' ' + t('seconds')],
  ];
  if (details.slot) {
    figures.push([t('retainedBytes'), bytes(details.slotRetainedBytes) + ' (' + (details.slotWalStatus || t('unknown')) + ')'],
      [t('slotLeft'), slotLeft(details)]);
  }
  show(byId('trust'), figures, () => figures.map(([name, value]) => {
    const pair = document.createElement('div');
    pair.append(element('dt', name), element('dd', value));
    return pair;
  }));
  say('verify-command', 'java -jar runner-' + status.runner + '.jar verify --url ' + location.origin);
}

async function poll() {
  try {
    // All of it first, so that the page is drawn once.
    const [status] = await Promise.all([ask('/api/status'), askForLatency(), askForTrust()]);
    say('runner', status.runner + (status.engine ? ' / ' + status.engine : ''));
    showState(status.state, status.ready, status.stateReason);
    showProgress(status);
    showPipeline(status);
    showTables(status.tables);
    showTrust(status);
    showLatency(status);
    showVerify();
  } catch (failure) {
    forgetTrust();
    if (!failure.unreachable) {
      console.error(failure);
    }
    showState(t('unreachable'), false, failure.unreachable ? t('runnerGone') : failure.message);
  }
  setTimeout(poll, document.hidden ? 5000 : 1000);
}

startSettings(showCount);
showState(t('connecting'), false, '');
startMap();
startVerify();
poll();
startLive();
