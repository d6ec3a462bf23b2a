//! The one catalogue of labels: what stands above columns and before values.
//!
//! Messages of codes are not here but in `model::messages`, fixed words in `model::words`. A label without one of the two
//! languages does not compile.

use model::Lang;

macro_rules! labels {
    ($($name:ident { zh $zh:literal en $en:literal })+) => {
        /// A label.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs, reason = "the texts are the documentation")]
        pub(crate) enum Label { $($name),+ }

        impl Label {
            /// Its text.
            pub(crate) fn text(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Label::$name, Lang::Zh) => $zh, (Label::$name, Lang::En) => $en),+ }
            }
        }
    };
}

macro_rules! phrases {
    ($($name:ident($($arg:ident: $kind:ty),*) { zh $zh:literal en $en:literal })+) => {
        $(pub(crate) fn $name(lang: Lang $(, $arg: $kind)*) -> String {
            match lang { Lang::Zh => format!($zh), Lang::En => format!($en) }
        })+
    };
}

labels! {
    CaseNo { zh "办件编号" en "case" }
    EntClass { zh "企业类别" en "class" }
    Opened { zh "受理时间" en "taken" }
    Withdrawn { zh "已撤回" en "withdrawn" }
    Items { zh "指标项" en "items" }
    Item { zh "指标项" en "item" }
    Name { zh "名称" en "name" }
    Value { zh "值" en "value" }
    Source { zh "来源" en "from" }
    Version { zh "版本" en "version" }
    Proposal { zh "建议值" en "proposal" }
    Conflicts { zh "不一致的说法" en "conflicting claims" }
    Matters { zh "事项" en "matters" }
    Matter { zh "事项" en "matter" }
    Ended { zh "已终止" en "ended" }
    Due { zh "办理期限" en "due" }
    NotKnown { zh "未知" en "not known" }
    Attempt { zh "发送号" en "attempt" }
    Op { zh "操作" en "asks" }
    Channels { zh "通道" en "channels" }
    Channel { zh "通道" en "channel" }
    Batch { zh "批次" en "batch" }
    State { zh "传输状态" en "state" }
    Since { zh "自" en "since" }
    ReceiptNo { zh "受理号" en "receipt no." }
    ClaimedBy { zh "经办" en "held by" }
    Parent { zh "接续" en "repeats" }
    Reason { zh "对方说明" en "their words" }
    Story { zh "经过" en "story" }
    Time { zh "时间" en "time" }
    Place { zh "日志位置" en "journal" }
    Event { zh "事件" en "event" }
    Detail { zh "细节" en "detail" }
    WaitsFor { zh "等待" en "waits for" }
    Which { zh "对象" en "which" }
    With { zh "在谁处" en "with" }
    Next { zh "下次尝试" en "next try" }
    Nothing { zh "没有" en "nothing" }
    Roles { zh "角色" en "roles" }
    Uid { zh "本机用户号" en "uid" }
    Totp { zh "动态验证" en "authenticator" }
    Token { zh "一次性口令" en "token" }
    TotpSecret { zh "动态验证密钥" en "authenticator secret" }
    Task { zh "任务" en "task" }
    Kind { zh "种类" en "kind" }
    Dept { zh "部门" en "department" }
    Until { zh "至" en "until" }
    LookFirst { zh "可能已录入" en "look first" }
    Yes { zh "是" en "yes" }
    WaitsRekey { zh "已录入，等待另一人复核" en "keyed; it waits until another person keys it again" }
    WaitsDecide { zh "两人录入不一致，等待第三人裁定" en "the two entries differ; a third person decides" }
    Agreed { zh "一致，已登记" en "agreed and entered" }
    Keyer { zh "录入人/字段" en "clerk/field" }
    Tasks { zh "件数" en "tasks" }
    Seconds { zh "每件秒数" en "seconds each" }
    Rekeyed { zh "复核项数" en "entries checked" }
    KeyedWrong { zh "差错" en "wrong" }
    WrongRate { zh "万项差错" en "wrong of 10,000" }
    DrawnOften { zh "加抽" en "drawn more often" }
    HoursNeeded { zh "所需工时" en "hours needed" }
    HoursThere { zh "可用工时" en "hours there are" }
    Short { zh "缺人数" en "clerks short" }
    Field { zh "字段" en "field" }
    Notes { zh "要求" en "rules" }
    Required { zh "必填" en "required" }
    Twice { zh "录两遍" en "key twice" }
    Results { zh "可填结果" en "results" }
    Claimed { zh "已领取" en "claimed" }
    Number { zh "编号" en "number" }
    Way { zh "方向" en "way" }
    What { zh "事项或文件" en "matter or file" }
    Code { zh "代码" en "code" }
    Findings { zh "原因与处理" en "why, and what to do" }
    Records { zh "记录" en "records" }
    Open { zh "未了结" en "open" }
    Copies { zh "份数" en "copies" }
    Left { zh "发出" en "left" }
    Prepared { zh "备好" en "prepared" }
    To { zh "去处" en "to" }
    Overdue { zh "逾期" en "overdue" }
    Copy { zh "份" en "copy" }
    Custody { zh "保管" en "custody" }
    TakenBy { zh "领取人" en "by" }
    BackBy { zh "应还" en "back by" }
    Note { zh "备注" en "note" }
    ToPrint { zh "可打印" en "to print" }
    Mode { zh "方式" en "mode" }
    OpenedCount { zh "应办" en "opened" }
    Opening { zh "日初在等" en "opening" }
    Again { zh "复等" en "again" }
    MovedIn { zh "转入" en "moved in" }
    MovedOut { zh "转出" en "moved out" }
    Closing { zh "日末在等" en "closing" }
    Day { zh "日期" en "day" }
    Result { zh "结果" en "result" }
    ClosedAt { zh "结于" en "closed" }
    SheetBefore { zh "前一份" en "sheet before" }
    Bodies { zh "正文" en "bodies" }
    KeptData { zh "了结后数据保存" en "data kept after a case's end" }
    Archives { zh "归档目录" en "archives go to" }
    KeptEvidence { zh "审计记录保存" en "evidence kept" }
    ForEver { zh "一直" en "for ever" }
    Lapsed { zh "最近一次到期清理" en "lapsed last" }
    AllBefore { zh "早于" en "all before" }
    Stayed { zh "未移走（期间有变动）" en "stayed (changed meanwhile)" }
    Digest { zh "摘要" en "digest" }
    Signature { zh "签名" en "signature" }
    NotAtHand { zh "不在其中，未核" en "not given, not compared" }
    OwnKey { zh "未给公钥：签名只与单上自带的公钥核对；请用 --public-key 指定另处保存的公钥" en "no public key was given: signatures were checked against the key in the sheet itself; name one kept elsewhere with --public-key" }
    Booked { zh "已登记" en "booked" }
    Unproved { zh "无凭据" en "unproved" }
    Refused { zh "已拒" en "refused" }
    Waiting { zh "等待" en "waiting" }
    Unexplained { zh "不明差额" en "unexplained" }
    ParkedRows { zh "待对照代码的记录（收）" en "rows that wait for codes" }
    Parked { zh "待对照代码" en "waiting for codes" }
    Table { zh "对照表" en "table" }
    Side { zh "一侧" en "side" }
    Deliveries { zh "发送" en "deliveries" }
    Example { zh "例" en "example" }
    Proposed { zh "已提议" en "proposed" }
    RefusedRows { zh "被拒记录（收）" en "rows refused on the way in" }
    Unmatched { zh "无对应的回执" en "answers that match nothing sent" }
    Verdict { zh "结论" en "verdict" }
    TakenIn { zh "已收下" en "taken in" }
    Rows { zh "记录" en "rows" }
    Bad { zh "被拒" en "refused" }
    File { zh "文件" en "file" }
    Step { zh "步" en "step" }
    Follows { zh "前家" en "follows" }
    Days { zh "工作日" en "working days" }
    Serial { zh "串行工作日" en "working days one after another" }
    Afterwards { zh "承诺之外的后续服务" en "afterwards, outside the promise" }
    Parallel { zh "并行工作日" en "working days side by side" }
    Blocks { zh "环节" en "blocks" }
    Steps { zh "步数" en "steps" }
    Departments { zh "部门数" en "departments" }
    Drawn { zh "已画入" en "drawn to" }
    Groups { zh "组" en "groups" }
    Entries { zh "条目" en "entries" }
    Bytes { zh "字节" en "bytes" }
    Segments { zh "段文件" en "segments" }
    Cases { zh "办件" en "cases" }
    OpenCases { zh "在办" en "open cases" }
    Watermark { zh "索引已至" en "index up to" }
    Suite { zh "摘要算法" en "digest" }
    Head { zh "链头" en "chain head" }
    PublicKey { zh "公钥" en "public key" }
    SignedHead { zh "签名的链头" en "signed head" }
    Signed { zh "签名相符的组" en "groups vouched for" }
    Anchors { zh "核对的链头" en "heads compared" }
    First { zh "首组" en "first" }
    Last { zh "末组" en "last" }
    DataErased { zh "数据已抹去" en "data erased" }
    Erased { zh "依法抹去" en "lawfully erased" }
    Unfinished { zh "未完成的抹去" en "erasures to be finished" }
    TornTail { zh "崩溃留下的残尾" en "torn end left by a crash" }
    Damage { zh "损坏" en "damage" }
    Good { zh "完好" en "intact" }
    Broken { zh "已损坏" en "damaged" }
    Schedule { zh "安排" en "schedule" }
    Config { zh "配置" en "configuration" }
    Line { zh "行" en "row" }
    Before { zh "原文" en "before" }
    After { zh "转换后" en "after" }
    RowsGood { zh "可收" en "would be taken" }
    RowsBad { zh "会被拒" en "would be refused" }
    WrittenTo { zh "全部写入" en "all rows written to" }
    Forms { zh "表格" en "forms" }
    FormsAfter { zh "合并后" en "after merging" }
    FormsSaved { zh "减少" en "saved" }
    Asked { zh "填报项次" en "items asked" }
    SharedAsked { zh "共用项次" en "shared items asked" }
    SharedItems { zh "共用指标项" en "shared items" }
    OwnItems { zh "自有项" en "own items" }
    AfterItems { zh "不重复项" en "items asked once" }
    Repeated { zh "重复项次" en "items asked again" }
    RepeatedPct { zh "重复" en "asked again" }
    Duplicates { zh "重复填报" en "asked more than once" }
    FormConflicts { zh "写法不一" en "wanted in different ways" }
    Suggestions { zh "名称相同，未归为一项（请人工确认）" en "alike by label, not called one item: for a person to decide" }
    MergedForms { zh "合并后的表格" en "forms that are left" }
    CoreForm { zh "公共表" en "core form" }
    Group { zh "场合" en "occasion" }
    Times { zh "次数" en "times" }
    Shape { zh "写法" en "written as" }
    From { zh "来自" en "from forms" }
    TrustedKey { zh "受信主机密钥" en "trusted host key" }
    InsteadOf { zh "代替配置中的" en "in place of the configured" }
    WrittenBackup { zh "备份已写入" en "backup written to" }
    Files { zh "文件" en "files" }
    BackupOf { zh "备份来自节点" en "backup of node" }
    RestoredTo { zh "已恢复到" en "restored to" }
    LedgerGoesOn { zh "现有账本与备份相接，已至" en "the ledger that is here goes on from it, up to" }
    SendsNothingSince { zh "停止外发自" en "sends nothing since" }
    KnownUntil { zh "账本记到" en "the ledger knows until" }
    OpenBatches { zh "未了结批次" en "batches not settled" }
    DueNow { zh "待发" en "due" }
    TrustedLast { zh "上次确认" en "trusted last" }
    Remedy { zh "处理" en "remedy" }
    Reviews { zh "校核" en "reviews" }
    Review { zh "校核号" en "review" }
    Standing { zh "状态" en "state" }
    Asker { zh "提出部门" en "asked by" }
    Said { zh "提出依据" en "said in" }
    AnswersIt { zh "答复方" en "to be answered by" }
    Wrong { zh "有误之处" en "what is wrong" }
    AnswerDue { zh "答复期限" en "answer due" }
    AnswerOf { zh "答复" en "answer" }
    Answered { zh "答复时间" en "answered" }
    By { zh "经办" en "by" }
    CorrectedTo { zh "更正后版本" en "corrected to version" }
    Amendment { zh "更正送达" en "told by" }
    CorrectIn { zh "更正可填" en "corrected in form" }
}

phrases! {
    token_is_shown_once(name: &str) { zh "{name}首次登录用一次性口令，三天内有效，只显示这一次；登录后自设口令" en "{name} logs in with the token once, within three days, and chooses a password then; it is not shown again" }
    look_first(case_no: &str) { zh "可能已录入：请先在对方系统中查找 {case_no}" en "may already be keyed: look for {case_no} there first" }
    look_first_for_it() { zh "可能已录入：请先在对方系统中查找这一办件" en "may already be keyed: look for the case there first" }
    round(n: u32) { zh "第{n}轮" en "round {n}" }
    days(n: u32) { zh "{n}天" en "{n} days" }
    done(count: usize) { zh "已办{count}项" en "done: {count}" }
    proposed() { zh "已提议；须另一人以同样的命令确认" en "proposed; another person must confirm it by the same call" }
    confirmed(released: u64) { zh "对照表已补充，{released}项继续办理" en "the table was extended; {released} went on" }
    backup_is_without() { zh "不含索引（可由日志重建）和节点密钥（另行保存；没有密钥的备份打不开）" en "without the index, which is made again, and without the node key: keep it elsewhere, for no backup opens without it" }
    backup_is_whole() { zh "备份完好；未作任何改动" en "the backup is whole; nothing was changed" }
    restored_is_in_doubt() { zh "账本存疑：启动后照常收取，一概不外发；请平台和部门补送缺失部分，收齐后执行 ledger resume" en "the ledger is in doubt: started, it takes in and sends nothing; have platform and departments send again what is missing, and when all of it has been taken in: ledger resume" }
    not_in_doubt() { zh "账本并未存疑" en "the ledger is not in doubt" }
    trusted_as_it_is() { zh "已恢复外发；按没有缺失办理" en "it sends again; nothing is taken for lost" }
    trusted_again(count: usize) { zh "已恢复外发；{count}项未了结的发送须先核对，其他可能已发出的轮到时列出（unsettled list、settle）" en "it sends again; {count} hand-overs that were not settled must be looked for first, others that may have been made are listed when their turn comes (unsettled list, settle)" }
    lies_set(name: &str, dept: &str, rows: &str) { zh "{name}：送{dept}的导盘，{rows}条" en "{name}: a set for {dept}, {rows} rows" }
    lies_return(name: &str, dept: &str, number: &str) { zh "{name}：{dept}的回盘，答{number}" en "{name}: a return from {dept}, answers {number}" }
    lies_brought(name: &str, dept: &str, rows: &str) { zh "{name}：{dept}送来的批次，{rows}条" en "{name}: a set from {dept}, {rows} rows" }
    lies_note(name: &str, number: &str) { zh "{name}：关于{number}的回执或说明" en "{name}: a receipt or note about {number}" }
    lies_unfinished(name: &str) { zh "{name}：没有写完的导盘" en "{name}: a set that was not written to its end" }
    lies_elsewhere(name: &str, sender: &str, recipient: &str) { zh "{name}：{sender}发给{recipient}的批次" en "{name}: a set from {sender} for {recipient}" }
    lies_beside(names: &str) { zh "其他（没有打开）：{names}" en "beside (not opened): {names}" }
    lies_nothing() { zh "没有与本节点有关的东西" en "nothing here concerns this node" }
    is_unsound() { zh "有问题，不能使用" en "it cannot be used as it is" }
    is_not_ours() { zh "本节点的账本没有这一批" en "this node's ledger has no such batch" }
    is_not_left() { zh "导出没有完成" en "its export did not come to its end" }
    is_out(at: &str, open: u64) { zh "{at}导出，{open}条等待回执" en "exported {at}, {open} records wait for an answer" }
    is_overdue(at: &str, open: u64) { zh "{at}导出，{open}条等待回执，已逾期" en "exported {at}, {open} records wait for an answer, overdue" }
    is_settled() { zh "各条均有回音" en "every record has been answered" }
    is_dissolved() { zh "这一批已撤销" en "this batch was taken back" }
    is_new(rows: &str) { zh "{rows}行，尚未导入" en "{rows} rows, not imported yet" }
    is_of_no_batch(number: &str) { zh "账本没有它所答的批次{number}" en "the ledger has no batch {number} for it to answer" }
    is_taken(at: &str, batch: &str) { zh "{at}已导入，{batch}" en "imported {at} as {batch}" }
    is_refused(at: &str, batch: &str) { zh "{at}已导入，整批拒收，{batch}" en "imported {at} as {batch}, refused as a whole" }
    do_cut_again(dept: &str, number: &str) { zh "不要送出；重做：disk export {dept} --again {number} --to 介质" en "do not hand it over; cut it again: disk export {dept} --again {number} --to MEDIUM" }
    do_export(dept: &str) { zh "不要拔盘；再导出一次：disk export {dept} --to 介质" en "leave it in; export once more: disk export {dept} --to MEDIUM" }
    do_bring(dept: &str) { zh "送交{dept}的网关导入；对方收了什么，随其下一张盘告知" en "take it to the gateway of {dept} to be imported; what it took is told by its next disk" }
    do_hand_over(dept: &str, answer: &str) { zh "送交{dept}；请对方把回盘{answer}写在介质上带回" en "take it to {dept}, and bring back their return {answer} on it" }
    do_give_back(sender: &str) { zh "交还制盘的{sender}" en "give it back to {sender}, who made it" }
    do_give_to(recipient: &str) { zh "交给{recipient}" en "give it to {recipient}" }
    do_import() { zh "导入：disk import 介质" en "import it: disk import MEDIUM" }
    do_ask_number(dept: &str) { zh "向{dept}核对批次号；若属别的节点，交给它" en "ask {dept} for the batch's number; where it is another node's, take it there" }
    do_ask_again(dept: &str) { zh "不要导入；请{dept}重新提供" en "do not import it; ask {dept} for another" }
    do_see_receipt(dept: &str) { zh "回执在它旁边：请{dept}改正后另行提供" en "its receipt lies beside it: {dept} is to put it right and give another" }
    do_wipe() { zh "不必再办，介质可以清空" en "nothing is left to do; the medium may be wiped" }
    slip_title() { zh "导盘交接单" en "Hand-over slip for a disk" }
    slip_number() { zh "批次号（盘上目录名）" en "Number (directory on the disk)" }
    slip_from() { zh "送出方" en "From" }
    slip_to() { zh "送交" en "To" }
    slip_records() { zh "条数" en "Records" }
    slip_copy() { zh "第几份" en "Copy" }
    slip_cut() { zh "写盘时间" en "Written" }
    slip_bytes() { zh "字节数" en "Bytes" }
    slip_batch() { zh "账本批次" en "Batch in the ledger" }
    slip_aloud() { zh "核对码" en "Digest to compare" }
    slip_answer() { zh "回盘文件名" en "Name of the return" }
    slip_step_number(number: &str) { zh "盘上应有目录 <b class=\"code\">{number}</b>，条数与上表一致。" en "On the disk is a directory <b class=\"code\">{number}</b>, with as many records as it says above." }
    slip_step_digest(file: &str, windows: &str) { zh "核对码是文件摘要的前16位。Windows：<span class=\"code\">certutil -hashfile {windows} SHA256</span>；Linux：<span class=\"code\">sha256sum {file}</span>。不一致请勿导入，电话联系送出方。" en "Take the SHA-256 of this file and compare its first 16 digits with those above. Windows: <span class=\"code\">certutil -hashfile {windows} SHA256</span>; Linux: <span class=\"code\">sha256sum {file}</span>. Where they differ import nothing, and call the sender." }
    slip_step_import() { zh "在你方网关上导入：tanghulu disk import 介质目录。" en "Import it on your gateway: tanghulu disk import DIR." }
    slip_step_sm3(file: &str) { zh "核对码是文件SM3摘要的前16位：<span class=\"code\">openssl dgst -sm3 {file}</span>。不一致请勿导入，电话联系送出方。" en "Take the SM3 of this file and compare its first 16 digits with those above: <span class=\"code\">openssl dgst -sm3 {file}</span>. Where they differ import nothing, and call the sender." }
    slip_step_answer(answer: &str) { zh "办理后把回盘 <b class=\"code\">{answer}</b> 写在介质上带回；盘上其他文件请保持原样。" en "When all is done, put the return <b class=\"code\">{answer}</b> on the disk and bring it back; leave everything else on it as it is." }
    slip_given() { zh "交出人（签名、时间）：" en "Given by (signature, time):" }
    slip_taken() { zh "领取人（签名、时间）：" en "Taken by (signature, time):" }
    slip_returned() { zh "归还人（签名、时间）：" en "Brought back by (signature, time):" }
    slip_took_back() { zh "收回人（签名、时间）：" en "Received by (signature, time):" }
    reminder_title() { zh "导盘催还单" en "Reminder: disks and answers that are due" }
    reminder_to(dept: &str) { zh "致：{dept}" en "To: {dept}" }
    reminder_says() { zh "下列导盘已过约定时间，尚未收到回盘，或介质尚未归还。请尽快交还；盘若遗失或不能读取，请告知，我方按原样重做，批次号不变。" en "For the disks below the agreed time is over: their return has not come, or the medium is not back. Please give them back; where one is lost or cannot be read, say so, and it is made again as it was, under the same number." }
    reminder_signed() { zh "经办人：　　　　　　电话：　　　　　　日期：" en "Name:                    Telephone:                    Date:" }
    asked_before() { zh "先前已提出，不再重复" en "asked before; nothing more is done" }
    bar_of_work() { zh "{{msg}} {{wide_bar}} {{percent}}% 已用{{elapsed}} 约剩{{eta}}" en "{{msg}} {{wide_bar}} {{percent}}% {{elapsed}} so far, about {{eta}} left" }
    working() { zh "处理中" en "working" }
    not_the_survey() { zh "常被引用的“表格65%、指标项42%重复”来自对全部部门的问卷调查，无法由表格复算；以上各数只由所给表格计算得出，范围和方法都不同，所以数字不同" en "the often quoted 65 % of forms and 42 % of items were answers to a survey of all departments and cannot be counted again; the figures above are counted from the forms given and from nothing else: another scope, another method, other numbers" }
    skewer() { zh "糖葫芦" en "The skewer" }
    skewer_of(class: &str) {
        zh "企业类别 {class} 的办理流程：各环节由所需、所出与先后次序推出"
        en "What a case of class {class} passes through, as needs, gives and after imply"
    }
    step(n: usize) { zh "第{n}步" en "step {n}" }
    one_after_another() { zh "逐个办理" en "one after another" }
    side_by_side() { zh "并联办理" en "side by side" }
    count_blocks() { zh "个环节" en "blocks" }
    count_steps() { zh "步" en "steps" }
    count_departments() { zh "个部门" en "departments" }
    count_saved() { zh "个工作日因并联而省" en "working days saved side by side" }
    afterwards_are(names: &str) { zh "承诺之外的后续服务：{names}" en "afterwards, outside the promise: {names}" }
}

/// A number of working days.
pub(crate) fn working_days(lang: Lang, days: u32) -> String {
    match (lang, days) {
        (Lang::Zh, days) => format!("{days}个工作日"),
        (Lang::En, 1) => "1 working day".to_owned(),
        (Lang::En, days) => format!("{days} working days"),
    }
}

/// The unit under a number of working days, where there is room for no more.
pub(crate) fn days_unit(lang: Lang, days: u32) -> &'static str {
    match (lang, days) {
        (Lang::Zh, _) => "工作日",
        (Lang::En, 1) => "day",
        (Lang::En, _) => "days",
    }
}
