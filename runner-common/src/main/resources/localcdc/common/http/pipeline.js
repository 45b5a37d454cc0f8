// The pipeline as a row of stages, each with its state and what to do where it is not well.
import { bytes, byId, element, number, show } from './elements.js';
import { t } from './texts.js';

const HEARTBEAT_LATE_SECONDS = 15;

const stage = (name, state, figures, advice) => ({ name, state, figures, advice });

function box({ name, state, figures, advice }) {
  const made = element('li', undefined, 'stage ' + state);
  made.append(element('strong', name));
  const list = document.createElement('dl');
  for (const [label, value] of figures) {
    const pair = document.createElement('div');
    pair.append(element('dt', label), element('dd', value));
    list.append(pair);
  }
  made.append(list);
  if (advice) {
    made.append(element('p', advice, 'advice'));
  }
  return made;
}

function heart(status) {
  const age = status.heartbeatAgeSeconds;
  const late = status.ready && age !== null && age > HEARTBEAT_LATE_SECONDS;
  return { late, text: age === null || age === undefined ? '–' : number(age) + ' ' + t('ago') };
}

function ending(status) {
  if (status.state === 'FAILED') {
    return 'bad';
  }
  return status.ready ? 'good' : 'wait';
}

function embedded(status) {
  const details = status.details || {};
  const beat = heart(status);
  const danger = details.slotRetainedBytes > details.slotDangerBytes || details.slotWalStatus === 'unreserved' || details.slotWalStatus === 'lost';
  return [
    stage(t('postgres'), danger ? 'bad' : beat.late ? 'wait' : ending(status),
      [[t('retained'), bytes(details.slotRetainedBytes)], [t('slot'), details.slot || '–']], danger ? t('slotDanger') : undefined),
    stage(t('engine') + ' ' + (status.engine || ''), beat.late ? 'bad' : ending(status),
      [[t('perSecond'), number(status.eventsPerSecond)], [t('behind'), bytes(status.lagBytes)], [t('heartbeat'), beat.text]],
      beat.late ? t('stalled') : undefined),
  ];
}

function connectStage(status, beat) {
  const connect = (status.details || {}).connect;
  if (!connect) {
    return stage(t('connect'), beat.late ? 'wait' : ending(status), [[t('tasks'), t('connectUnknown')]]);
  }
  return stage(t('connect'), connect.problem ? 'bad' : 'good',
    (connect.connectors || []).map((connector) => [connector.name, connector.state + ' · ' + t('tasks') + ' ' + connector.tasks.join(', ')]),
    connect.problem || undefined);
}

function kafka(status) {
  const beat = heart(status);
  const partitions = status.partitions || [];
  const toRead = partitions.reduce((sum, partition) => sum + (partition.left || 0), 0);
  return [
    connectStage(status, beat),
    stage(t('topic'), beat.late ? 'bad' : ending(status),
      [[t('partitions'), number(partitions.length)], [t('toRead'), number(toRead)], [t('heartbeat'), beat.text]],
      beat.late ? t('stalled') : undefined),
  ];
}

export function showPipeline(status) {
  const rows = status.tables.reduce((sum, table) => sum + table.size, 0);
  const stages = status.runner === 'kafka' ? kafka(status) : embedded(status);
  stages.push(stage(t('mapStage'), ending(status),
    [[t('entries'), number(rows)], [t('position'), status.position], [t('perSecond'), number(status.eventsPerSecond)]],
    status.state === 'FAILED' ? status.stateReason : undefined));
  show(byId('pipeline'), stages, () => stages.map(box));
}
