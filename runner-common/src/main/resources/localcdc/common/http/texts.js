// The page's words. To change a label, change it here; to add a language, add a table and an <option>.

const TEXTS = {
  en: {
    language: 'Language', colours: 'Colours', coloursAuto: 'as the system', coloursLight: 'light', coloursDark: 'dark',
    pipeline: 'Pipeline', latency: 'Where the milliseconds went', latencyOverTime: 'from commit to map, ms, in the last 5 minutes',
    latencyDistribution: 'changes by latency, since the start', stage: 'Stage, since the start', max: 'max', map: 'The map', table: 'Table', rows: 'Rows',
    bytes: 'Bytes', create: 'insert', update: 'update', delete: 'delete', truncate: 'truncate', read: 'snapshot', key: 'Key', keyHint: 'several values separated by commas; in double quotes where they contain one',
    contains: 'Text in a value', find: 'Find', more: 'More', row: 'Row', column: 'Column', value: 'Value', history: 'Its latest changes',
    changes: 'changes', time: 'time', live: 'Live changes', all: 'all', operation: 'Operation', pause: 'Pause', resume: 'Resume', trust: 'Can it be trusted?',
    verifyHint: 'From a shell:', connecting: 'connecting', unreachable: 'unreachable', ready: 'ready',
    runnerGone: 'The runner does not answer. Is it still running?', rebuilding: 'filling the map', left: '{seconds} s left',
    postgres: 'PostgreSQL', log: 'write-ahead log', engine: 'Engine', connect: 'Kafka Connect', topic: 'Topic', mapStage: 'HashMap',
    retained: 'kept for us', behind: 'not applied yet', perSecond: 'changes/s', position: 'applied up to', heartbeat: 'last heartbeat',
    ago: 's ago', partitions: 'partitions', toRead: 'records to read', tasks: 'tasks', entries: 'rows',
    stalled: 'No heartbeat: is Postgres, or the connector, away? The log of the runner says more.',
    slotDanger: 'The slot keeps much of the log. Is something slow, or stopped?', connectUnknown: 'not watched (--connect-url)',
    found: 'rows shown', none: 'No row.', place: 'last change at', historyNote: 'of the latest {searched} changes of all tables',
    historyNone: 'None among the latest {searched} changes of all tables.', seen: 'changes seen', notShown: 'of them not shown', notRead: 'not looked at', notConnected: 'not connected', matching: 'match',
    received: 'events received', stale: 'replays and late events ignored', bad: 'records that could not be read',
    unavailable: 'values that are not known', slot: 'replication slot', retainedBytes: 'log kept by the slot', clock: 'clock of Postgres minus ours',
    changedSchema: 'definitions changed', up: 'up for', seconds: 's', p50: 'half of the changes within', p99: '99 of 100 within', slowest: 'slowest',
    slotLeft: 'until that is a danger', notGrowing: 'does not grow', verifyNow: 'Compare with Postgres now', token: 'Token',
    verifying: 'comparing', rowsCompared: 'rows compared', lookedAtAgain: 'to be looked at again', neverVerified: 'Not compared yet.', byCommand: 'by the command verify',
    verdict_equal: 'equal', verdict_different: 'different', verdict_undecided: 'not decided', compared: 'compared', missing: 'missing',
    unexpected: 'unexpected', different: 'different', undecided: 'not decided', mismatchLegend: 'Struck out: what Postgres holds. Behind it: what the map holds.',
    lastChange: 'The last change, {op} in {table}, took {total} ms: {stages}', noLatency: 'No change since the start.', lastMinute: 'In the last minute: {figures}', sinceStart: 'None in the last minute. Since the start: {figures}', commitToCaptured: 'commit → captured', capturedToApplied: 'captured → in the map',
    capturedToAppended: 'captured → in the topic', appendedToApplied: 'in the topic → in the map', unknown: 'unknown',
  },
  ja: {
    language: '言語', colours: '配色', coloursAuto: 'システムに合わせる', coloursLight: 'ライト', coloursDark: 'ダーク',
    pipeline: 'パイプライン', latency: '遅延の内訳', latencyOverTime: 'コミットからマップまで(ミリ秒)、直近 5 分',
    latencyDistribution: '遅延別の変更件数(起動以降)', stage: '段階(起動以降)', max: '最大', map: 'マップ', table: 'テーブル', rows: '行数',
    bytes: 'バイト', create: '挿入', update: '更新', delete: '削除', truncate: '全削除', read: 'スナップショット', key: 'キー', keyHint: '複数の値はコンマ区切り。コンマを含む値は二重引用符で囲む',
    contains: '値に含まれる文字列', find: '検索', more: '続き', row: '行', column: '列', value: '値', history: 'この行の最近の変更',
    changes: '変更数', time: '時刻', live: 'リアルタイムの変更', all: 'すべて', operation: '操作', pause: '一時停止', resume: '再開', trust: '信頼性の確認',
    verifyHint: 'シェルから:', connecting: '接続中', unreachable: '応答なし', ready: '準備完了',
    runnerGone: 'ランナーが応答しません。動いていますか。', rebuilding: 'マップを作成中', left: '残り {seconds} 秒',
    postgres: 'PostgreSQL', log: '先行書き込みログ', engine: 'エンジン', connect: 'Kafka Connect', topic: 'トピック', mapStage: 'HashMap',
    retained: '保持中のログ', behind: '未反映', perSecond: '変更/秒', position: '反映済みの位置', heartbeat: '最後のハートビート',
    ago: '秒前', partitions: 'パーティション', toRead: '未読レコード', tasks: 'タスク', entries: '行数',
    stalled: 'ハートビートがありません。Postgres かコネクターが止まっていませんか。ランナーのログに詳細があります。',
    slotDanger: 'スロットが多くのログを保持しています。処理の遅延や停止がないか確認してください。', connectUnknown: '監視していません(--connect-url)',
    found: '行を表示', none: '該当する行はありません。', place: '最後の変更の位置', historyNote: '全テーブルの最近の変更 {searched} 件から抽出',
    historyNone: '全テーブルの最近の変更 {searched} 件の中にはありません。', seen: '件の変更', notShown: '件は一致したが非表示', notRead: '件は未確認', notConnected: '未接続', matching: '件が一致',
    received: '受信したイベント', stale: '無視した再送・遅延イベント', bad: '読めなかったレコード',
    unavailable: '不明な値', slot: 'レプリケーションスロット', retainedBytes: 'スロットが保持するログ', clock: '時計の差(Postgres − このマシン)',
    changedSchema: '定義が変わったテーブル', up: '稼働時間', seconds: '秒', p50: '半数はこの時間以内', p99: '100 件中 99 件はこの時間以内', slowest: '最も遅いもの',
    slotLeft: '危険な量になるまで', notGrowing: '増えていません', verifyNow: '今すぐ Postgres と比較', token: 'トークン',
    verifying: '比較中', rowsCompared: '行を比較', lookedAtAgain: '行を再確認', neverVerified: 'まだ比較していません。', byCommand: 'verify コマンドによる',
    verdict_equal: '一致', verdict_different: '不一致', verdict_undecided: '判定できません', compared: '比較した行', missing: '欠落',
    unexpected: '余分', different: '相違', undecided: '未判定', mismatchLegend: '取り消し線は Postgres の値、その後ろがマップの値です。',
    lastChange: '最後の変更({table} の{op})は {total} ミリ秒: {stages}', noLatency: '起動してから変更はありません。', lastMinute: '直近 1 分: {figures}', sinceStart: '直近 1 分に変更なし。起動以降: {figures}', commitToCaptured: 'コミット → 取得', capturedToApplied: '取得 → マップへ',
    capturedToAppended: '取得 → トピックへ', appendedToApplied: 'トピック → マップへ', unknown: '不明',
  },
};

let texts = TEXTS.en;

export const languages = Object.keys(TEXTS);

/** Adds the words of another page, by language. */
export function addTexts(more) {
  for (const language of languages) {
    Object.assign(TEXTS[language], more[language]);
  }
}

/** A text by its name; {name} is replaced by a value. */
export const t = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (all, key) => values[key]);

/** Shows the page in a language. */
export function speak(language) {
  texts = TEXTS[language] || TEXTS.en;
  document.documentElement.lang = TEXTS[language] ? language : 'en';
  for (const labelled of document.querySelectorAll('[data-text]')) {
    labelled.textContent = t(labelled.dataset.text);
  }
  for (const hinted of document.querySelectorAll('[data-hint]')) {
    hinted.title = t(hinted.dataset.hint);
  }
}
