// The words that only the lab's page has; see texts.js.
import { addTexts } from './texts.js';

addTexts({
  en: {
    demoTitle: 'Local CDC: one Postgres, every path side by side', sideBySide: 'The paths side by side', path: 'Path', state: 'state', notReady: 'not ready',
    equalToPostgres: 'map equals Postgres', compareAll: 'Compare every map now', ofLastMinute: 'commit → map, last minute: {figure}', ofThem: 'since the start, p50: {stage}',
    mapMemory: 'bytes in the map', cpuOfPath: 'CPU of its threads in lab, cores', race: 'Which path saw a change first?',
    raceNote: '{changes} changes seen by every path. Milliseconds behind the first:', first: 'first', behindP50: 'behind the first, p50', behindP99: 'behind the first, p99',
    change: 'Change', notThere: 'not there yet', workload: 'Workload', rate: 'Changes a second', transactionSize: 'in each transaction', mix: 'Mix',
    mix_balanced: 'a bit of everything', mix_inserts: 'mostly inserts', mix_updates: 'mostly updates', mix_deletes: 'mostly deletes', apply: 'Apply',
    burst: 'Burst of', burstNow: 'Burst now', made: '{made} changes made', burstLeft: '{left} of bursts to be made', pausedNow: 'paused',
    ownRow: 'Change a row yourself', rowDone: 'Row {id} of inventory.customers, {op}. Its way:', faults: 'Break something',
    faultsHint: 'What is stopped here stays so until you start it. Watch the paths wait, recover, and equal Postgres again.',
    stopPart: 'Stop {name}', startPart: 'Start {name}', fault_stop: '{name} was stopped at {at}.', fault_start: '{name} was started at {at}.',
    equalAgain: 'Equal to Postgres since then: {paths}.', notYetEqual: 'Not yet compared, or not equal, since then: {paths}.',
    processes: 'Processes', process: 'Process', cpu: 'CPU, cores', memory: 'Memory',
    demoGone: 'The lab does not answer. Is it still running?', starting: 'The platform is starting.',
  },
  ja: {
    demoTitle: 'Local CDC: 1 つの Postgres、すべての経路を並べて', sideBySide: '経路の比較', path: '経路', state: '状態', notReady: '準備中',
    equalToPostgres: 'マップは Postgres と一致', compareAll: 'すべてのマップを今すぐ比較', ofLastMinute: 'コミット → マップ、直近 1 分: {figure}', ofThem: '起動以降の p50: {stage}',
    mapMemory: 'マップのバイト数', cpuOfPath: 'lab 内のスレッドの CPU(コア)', race: '変更を最初に見た経路は?',
    raceNote: 'すべての経路が {changes} 件の変更を受信。最初の経路からの遅れ(ミリ秒):', first: '最初', behindP50: '最初からの遅れ p50', behindP99: '最初からの遅れ p99',
    change: '変更', notThere: '未到着', workload: 'ワークロード', rate: '変更/秒', transactionSize: '1 トランザクションあたり', mix: '構成',
    mix_balanced: 'すべての種類', mix_inserts: '主に挿入', mix_updates: '主に更新', mix_deletes: '主に削除', apply: '適用',
    burst: 'バースト', burstNow: 'バースト実行', made: '{made} 件の変更を実行', burstLeft: 'バースト残り {left} 件', pausedNow: '一時停止中',
    ownRow: '自分で行を変更', rowDone: 'inventory.customers の行 {id}、{op}。その経路:', faults: '障害を起こす',
    faultsHint: 'ここで停止したものは、開始するまで停止したままです。各経路が待ち、復旧し、再び Postgres と一致する様子を確認できます。',
    stopPart: '{name} を停止', startPart: '{name} を開始', fault_stop: '{at} に {name} を停止しました。', fault_start: '{at} に {name} を開始しました。',
    equalAgain: 'その後 Postgres との一致を確認: {paths}。', notYetEqual: 'その後まだ比較していないか、一致していません: {paths}。',
    processes: 'プロセス', process: 'プロセス', cpu: 'CPU(コア)', memory: 'メモリ',
    demoGone: 'lab が応答しません。動いていますか。', starting: 'プラットフォームを起動中です。',
  },
});
