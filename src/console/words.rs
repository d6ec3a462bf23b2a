//! Every text of the pages, in Chinese and English. One without either does not compile.

use model::Lang;

macro_rules! words {
    ($($name:ident { zh $zh:literal en $en:literal })+) => {
        /// The texts of one language.
        #[allow(missing_docs, reason = "the texts are the documentation")]
        pub(crate) struct Words { $(pub(crate) $name: &'static str),+ }
        static ZH: Words = Words { $($name: $zh),+ };
        static EN: Words = Words { $($name: $en),+ };
    };
}

impl Words {
    /// In this language.
    pub(crate) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &ZH,
            Lang::En => &EN,
        }
    }
}

words! {
    product { zh "糖葫芦 · 人工录入" en "Tanghulu · manual entry" }
    html_lang { zh "zh-CN" en "en" }
    other_lang { zh "en" en "zh" }
    other_lang_name { zh "English" en "中文" }
    skip { zh "跳到正文" en "skip to the page" }
    log_in { zh "登录" en "Log in" }
    log_out { zh "退出" en "Log out" }
    name { zh "姓名" en "Name" }
    password { zh "口令" en "Password" }
    password_hint { zh "首次登录填一次性口令" en "at the first login: your token" }
    code { zh "动态验证码" en "Authenticator code" }
    code_hint { zh "没有启用则留空" en "leave empty if you have none" }
    again_after_idle { zh "您已退出或久未操作，请重新登录。已录入的内容都在。" en "You were logged out or away for a while. Log in again: what you typed is kept." }
    choose_title { zh "设置口令" en "Choose a password" }
    choose_hint { zh "至少12个字符，至少6种不同字符，不含姓名。几个不相干的词连起来就很好。" en "At least 12 characters, 6 of them different, without your name. A few unrelated words do well." }
    new_password { zh "新口令" en "New password" }
    new_password_again { zh "再输一遍" en "Once more" }
    not_alike { zh "两遍不一致" en "these two are not alike" }
    chosen { zh "口令已设置，请用它登录。" en "The password is set. Log in with it." }
    queue { zh "待办队列" en "Queue" }
    take_next { zh "领取下一件" en "Take the next" }
    mine { zh "我的" en "Mine" }
    free { zh "可领取" en "Free" }
    others { zh "他人正在办" en "With others" }
    overdue { zh "逾期" en "overdue" }
    soon { zh "临期" en "due soon" }
    in_time { zh "正常" en "in time" }
    no_limit { zh "期限未知" en "no limit known" }
    time_left { zh "剩余时间" en "Time left" }
    days_left { zh "天" en "d" }
    due { zh "期限" en "Due" }
    case_no { zh "办件编号" en "Case" }
    matter { zh "事项" en "Matter" }
    kind { zh "任务" en "Task" }
    asks { zh "操作" en "Asks for" }
    op_submit { zh "新办" en "a new entry" }
    op_supplement { zh "补正" en "a supplement" }
    op_amend { zh "变更" en "a change" }
    op_withdraw { zh "撤回" en "a withdrawal" }
    op_result { zh "结果" en "the result" }
    worksheet { zh "录入对方系统" en "key into their system" }
    form { zh "登记办理结果" en "enter their result" }
    review { zh "校核" en "review" }
    state { zh "现状" en "State" }
    since { zh "等待自" en "Waits since" }
    open_it { zh "打开" en "Open" }
    nothing_waits { zh "没有待办任务。" en "Nothing waits." }
    more_wait { zh "只列出最急的，其余件数：" en "Only the most urgent are listed. Further tasks: " }
    with_person { zh "经办" en "with" }
    until { zh "至" en "until" }
    back { zh "返回队列" en "Back to the queue" }
    claim { zh "领取" en "Take it" }
    masked { zh "个人信息已遮盖；领取后显示，查看会记入日志。" en "Personal values are masked. They show once the task is yours, and each view is recorded." }
    read_only { zh "只读" en "read only" }
    is_on_it { zh "正在办理这一件" en "is working on this" }
    source { zh "来源" en "Source" }
    their_screen { zh "对方系统界面顺序" en "In the order of their screen" }
    copy { zh "复制" en "copy" }
    copy_next { zh "复制并到下一项" en "Copy and go on" }
    copied { zh "已复制" en "copied" }
    copied_of { zh "/" en " of " }
    empty { zh "（空）" en "(empty)" }
    bytes_max { zh "最多字节" en "bytes at most" }
    rare { zh "生僻字" en "rare character" }
    acceptance { zh "对方受理号" en "Their acceptance number" }
    acceptance_again { zh "再输一遍受理号" en "The number once more" }
    acceptance_hint { zh "照对方系统显示的号码输入两遍" en "type it twice, as their system shows it" }
    complete { zh "录入完成" en "It is keyed" }
    cannot { zh "办不了" en "Cannot do" }
    cannot_hint { zh "对方系统不收；须写明原因，任务退回，不会丢" en "their system does not take it; say why, it goes back and is not lost" }
    not_keyed { zh "没有录入" en "Not keyed" }
    not_keyed_hint { zh "查过对方系统，确认没有这一件；任务重新排队" en "looked for and not there; it waits again" }
    reason { zh "原因" en "Reason" }
    send { zh "提交" en "Send" }
    look_title { zh "可能已经录入" en "It may already be keyed" }
    look_first { zh "先在对方系统中查找这个编号，再回答：" en "Look for this number in their system first, then answer:" }
    look_there { zh "查到了，填受理号" en "It is there: give its number" }
    look_not_there { zh "没有查到，由我录入" en "It is not there: I key it now" }
    answer { zh "回答" en "Answer" }
    must_answer { zh "先回答是否查到" en "answer first whether it is there" }
    result { zh "处理结果" en "Result" }
    choose { zh "请选择" en "choose" }
    once_more { zh "再输一遍" en "once more" }
    required { zh "必填" en "required" }
    send_result { zh "登记结果" en "Enter the result" }
    correction { zh "这一件已登记过结果。现在提交的是更正。" en "A result was entered before. What you send now corrects it." }
    wrong { zh "请改正以下各处：" en "Please put these right:" }
    is_required { zh "必填" en "is required" }
    must_be_alike { zh "两遍录入不一致" en "the two entries differ" }
    not_a_number { zh "号码不能有空格或符号" en "a number has no blanks or marks" }
    was_normalised { zh "已改为半角、去掉空格，请核对后再提交：" en "made half-width and without blanks; check it and send again: " }
    too_long { zh "超过对方字段长度" en "longer than their field" }
    differs_title { zh "别人已先提交" en "Somebody was first" }
    differs_hint { zh "您录入的内容都在，没有生效。请对照后决定。" en "What you typed is kept and had no effect. Compare, then decide." }
    you_typed { zh "您录入的" en "What you typed" }
    on_record { zh "已登记的" en "What is on record" }
    send_as_correction { zh "作为更正提交" en "Send as a correction" }
    draft_kept { zh "草稿已存" en "draft kept" }
    keep_draft { zh "存草稿" en "Keep draft" }
    draft_failed { zh "草稿未能保存，请勿关闭页面" en "the draft was not kept; do not close the page" }
    done_keyed { zh "已完成" en "Done" }
    done_refused { zh "已退回" en "Sent back" }
    done_again { zh "已重新排队" en "It waits again" }
    done_claim_gone { zh "没有可领取的任务" en "Nothing is free" }
    review_hint { zh "按通常的方式更正结果，或在命令行答复：tanghulu reviews confirm" en "correct the result by its ordinary way, or answer at the command line: tanghulu reviews confirm" }
    keys { zh "键盘" en "Keys" }
    keys_hint { zh "点一格再按新的键即可更改；退格键停用。单字符的键在输入框里不起作用。设置只存在这台电脑上。" en "Go to one and press another key to change it; Backspace switches it off. A single character does nothing where text is typed. Kept on this computer only." }
    keys_usual { zh "恢复默认" en "As they were" }
    key_off { zh "停用" en "Off" }
    key_send { zh "提交" en "Send" }
    key_copy { zh "复制并到下一项" en "Copy and go on" }
    key_take { zh "领取下一件" en "Take the next" }
    key_find { zh "到查找框" en "To the search box" }
    key_down { zh "队列下一行" en "Next line of the queue" }
    key_up { zh "队列上一行" en "Line before" }
    key_help { zh "本页键盘说明" en "These keys" }
    key_enter { zh "下一栏" en "Next field" }
    close { zh "关闭" en "Close" }
    copy_form { zh "复制形式" en "Copy as" }
    form_is { zh "原样" en "as it is" }
    form_compact { zh "八位日期" en "YYYYMMDD" }
    form_wide { zh "全角" en "full-width" }
    not_a_date { zh "日期应如 2026-03-02" en "a date looks like 2026-03-02" }
    print { zh "打印" en "Print" }
    print_sheet { zh "打印录入单" en "Print this sheet" }
    print_holder { zh "只有正在办理这一件的人可以打印：请先领取。" en "Only whoever holds this task can print it: take it first." }
    printed { zh "打印" en "Printed" }
    back_to_task { zh "返回这一件" en "Back to the task" }
    department { zh "部门" en "Department" }
    keyed_by { zh "录入人签名" en "Keyed by" }
    checked_by { zh "复核人签名" en "Checked by" }
    day { zh "日期" en "Date" }
    keys_copy { zh "Alt+C 复制并到下一项" en "Alt+C copy and go on" }
    keys_send { zh "Ctrl+Enter 提交" en "Ctrl+Enter send" }
    keys_next { zh "Enter 下一栏" en "Enter next field" }
    keys_take { zh "Alt+N 领取下一件" en "Alt+N take the next" }
    no_right { zh "您的角色不允许打开这一页" en "no role of yours opens this page" }
    stale_form { zh "这张表单已过期，请返回重新打开。录入的草稿还在。" en "This form is no longer good. Go back and open it again; the draft is kept." }
    busy { zh "登录的人太多，请稍后再试" en "too many people are logged in; try again later" }
    slow_down { zh "尝试过于频繁，请稍候（秒）：" en "too many tries; wait (seconds): " }
    node_stops { zh "服务正在停止，恢复后会自动接上。已录入的内容都在本页。" en "The service is stopping. What you typed stays on this page, which goes on by itself once it is back." }
    settled_by { zh "这一任务已办结，办理人：" en "This task was settled by " }
    was_withdrawn { zh "这一件已被撤回，不能再提交；录入的内容已留存草稿。" en "This case was withdrawn. It can no longer be sent; what you typed is kept as a draft." }
    was_superseded { zh "这一件的内容已有变更，不能再按本页提交；录入的内容已留存草稿。" en "This case has changed since. It can no longer be sent as shown here; what you typed is kept as a draft." }
    was_taken { zh "已领取这一件，至" en "has taken this task, until" }
    is_yours_now { zh "这一件已在您名下，请重新打开本页。" en "This task is yours now; open this page again." }
    is_free_now { zh "这一件现在可以领取，请重新打开本页。" en "This task is free now; open this page again." }
    ran_out { zh "领取时限已过，尚无他人领取；继续录入即可，仍能提交。" en "Your time for this task is over and nobody else has taken it: go on, it can still be sent." }
    has_it_open { zh "也打开着这一页，自" en "has this page open too, since" }
    new_tasks { zh "新任务：" en "New tasks: " }
    open_again { zh "重新打开" en "Open again" }
    did_key { zh "我已经录入对方系统，须如实登记" en "I had keyed it into their system already and must say so" }
    lost { zh "与服务的连接中断；请继续录入，恢复后会自动接上" en "The connection is lost; go on, it is taken up again by itself" }
    unsent { zh "尚未送达：连接恢复后自动送出，只生效一次。请勿关闭页面。" en "Not sent yet: it is sent by itself once the connection is back, and has one effect. Leave the page open." }
    server_only { zh "本机不是安全连接：草稿只存在服务器上" en "This connection is not secure: drafts are kept on the server only" }
    typed_here { zh "这台电脑上有尚未送到服务器的录入，时间" en "Typed on this computer and not on the server yet, at" }
    restore { zh "恢复" en "Restore it" }
    discard { zh "丢弃" en "Discard it" }
    log_in_again { zh "登录已结束。重新登录后在本页继续，已录入的内容都在。" en "Your session ended. Log in and go on with this page: what you typed is still here." }
    gone { zh "这一任务已另有结论" en "This task was settled in another way" }
    rekey { zh "复核录入" en "Key again" }
    rekey_hint { zh "照原件重新录入以下各项。先前录入的内容不显示，由系统比对。" en "Key these fields again from the source. What was keyed first is not shown; the system compares." }
    decide { zh "裁定" en "Decide" }
    decide_hint { zh "两人录入不一致。照原件选定正确的内容，两次录入都会留存。" en "The two entries differ. Say what the source says; both entries are kept." }
    decide_reason { zh "依据，如“对照批文原件”" en "how that is known" }
    first_entry { zh "初录" en "first entry" }
    second_entry { zh "复录" en "second entry" }
    neither { zh "都不对，应为" en "neither; it is" }
    must_choose { zh "请选定一项" en "choose one" }
    not_own { zh "这一件您录入过，须由他人复核。" en "You keyed this one yourself: somebody else must prove it." }
    send_proof { zh "提交复核" en "Send" }
    key_anew { zh "退回重新录入" en "Send back to be keyed anew" }
    key_anew_hint { zh "发现录错时使用；已录入的内容留存备查，任务重新排队" en "where the entry is seen to be wrong; what was keyed stays on record, and the form waits again" }
    done_waits { zh "已录入，等待他人复核" en "Keyed. It waits until somebody else keys it again" }
    done_differs { zh "与初录不一致，等待第三人裁定" en "It differs from the first entry; a third person decides" }
    partial { zh "队列正在整理，稍候刷新可见全部" en "The queue is being laid out; reload in a moment to see all of it" }
    first_of_all { zh "提前" en "first" }
    last_of_all { zh "推后" en "later" }
    team { zh "班组" en "Team" }
    clerks { zh "人员" en "Clerks" }
    in_hand { zh "在办" en "In hand" }
    finished { zh "已办" en "Finished" }
    seconds_each { zh "每件秒数" en "Seconds each" }
    checked_entries { zh "复核项数" en "Entries checked" }
    wrong_entries { zh "差错" en "Wrong" }
    wrong_rate { zh "万项差错" en "Of 10,000" }
    drawn_often { zh "加抽" en "drawn more often" }
    fields_wrong { zh "字段差错" en "Fields" }
    field { zh "字段" en "Field" }
    forecast { zh "预计" en "Forecast" }
    by_day { zh "截止日" en "By" }
    waiting_by_then { zh "届时应办" en "Due by then" }
    hours_needed { zh "所需工时" en "Hours needed" }
    hours_there { zh "可用工时" en "Hours there are" }
    enough { zh "够" en "enough" }
    short_by { zh "缺人数" en "short by" }
    not_measured { zh "还没有测得录入速度：有人办完几件后才能预计。" en "No speed was measured yet: the forecast begins once some tasks are finished." }
    forecast_hint { zh "按实测每件用时、每人每天录入小时数和现有录入人员推算。" en "From what a task took so far, the hours a day in which a clerk keys, and the clerks there are." }
    clerks_there { zh "录入人员" en "clerks who key" }
    hours_a_day { zh "小时/天" en "h a day" }
    tasks_in_hand { zh "在办任务" en "Tasks in hand" }
    most_urgent { zh "最急的待办" en "The most urgent that wait" }
    assign_to { zh "改派给" en "Assign to" }
    to_the_queue { zh "放回队列" en "back to the queue" }
    assign { zh "改派" en "Assign" }
    order_of { zh "先后" en "Order" }
    by_limit { zh "按期限" en "by its limit" }
    set_order { zh "调整" en "Set" }
    done_assigned { zh "已改派" en "Assigned" }
    done_ranked { zh "已调整先后" en "The order is set" }
    no_account { zh "没有这个可录入的账户" en "no account of that name may key" }
    nav { zh "页面" en "Pages" }
    nav_queue { zh "待办" en "Queue" }
    nav_refused { zh "退回与未定" en "Refused & unsettled" }
    rows_before { zh "前一页" en "before" }
    rows_further { zh "后一页" en "further" }
    nothing_here { zh "这里没有。" en "Nothing here." }
    number { zh "编号" en "Number" }
    what { zh "事项或文件" en "Matter or file" }
    why { zh "原因与处理" en "Why, and what to do" }
    dept { zh "部门" en "Department" }
    item { zh "指标项" en "Item" }
    refused_title { zh "退回与未定" en "Refused and unsettled" }
    refusal { zh "退回" en "Refusal" }
    back_to_list { zh "返回列表" en "Back to the list" }
    list_out { zh "发出被退" en "Refused there" }
    list_in { zh "来件被拒" en "Refused here" }
    list_unsettled { zh "未定" en "Unsettled" }
    hint_out { zh "部门退回或发送前没有通过。改正后重发，或写明原因放弃；点编号可以改正。" en "A department sent it back, or it did not pass before it left. Put it right and send it again, or give it up and say why. Its number opens the page to edit it." }
    hint_in { zh "收到而没有生效的记录和文件。请来源改正后另行提供；在此了结。" en "Rows and files that came and had no effect. Their source puts them right and gives another; here they are closed." }
    hint_unsettled { zh "可能已登记，也可能没有。在对方系统中查找，再认定。" en "It may be booked there, or not. Look for it in their system, then say which." }
    pick { zh "选择" en "Pick" }
    pick_all { zh "选择本页全部" en "Pick all on this page" }
    pick_some { zh "请至少选择一项" en "pick at least one" }
    picked_too_many { zh "一次最多500项" en "500 at most at once" }
    with_picked { zh "对所选各项" en "With those picked" }
    say_what { zh "请说明如何处理" en "say what is to be done" }
    reason_wanted { zh "请写明原因" en "say why" }
    do_retry { zh "重发" en "send again" }
    do_drop { zh "放弃，不再办" en "give up for good" }
    do_drop_row { zh "了结，不再列出" en "close" }
    do_booked { zh "查到了，已登记" en "found: it is booked" }
    do_not_booked { zh "没有查到，未登记" en "not found: it is not booked" }
    did_retry { zh "已重发，项数：" en "Sent again: " }
    did_drop { zh "已了结，项数：" en "Closed: " }
    did_booked { zh "已认定登记，项数：" en "Settled as booked: " }
    did_not_booked { zh "已认定未登记，项数：" en "Settled as not booked: " }
    did_edit { zh "已改正并重发，项数：" en "Edited and sent again: " }
    done_of { zh "没有全部办成，已办：" en "Not all of it was done. Done: " }
    no_reason { zh "对方没有说明" en "they did not say why" }
    remedy_words { zh "改正后重发，或放弃" en "put it right and send it again, or give it up" }
    why_unknown { zh "不知道对方是否已登记" en "nobody knows whether it was booked" }
    why_unconfirmed { zh "已被取走，但没有登记的凭据" en "it was taken, and nothing proves that it was booked" }
    remedy_unsettled { zh "在对方系统中查找，再认定" en "look for it in their system, then settle it" }
    edit_title { zh "改正后重发" en "Edit and send again" }
    edit_hint { zh "只对这一次发送有效，办件本身不变。空着的不改。" en "It holds for this hand-over alone; the case stays as it is. What is left empty is not changed." }
    edit_some { zh "请至少填写一项" en "fill in at least one" }
    edit_send { zh "改正并重发" en "Edit and send again" }
    value_now { zh "现值（已遮盖）" en "Value now (masked)" }
    value_new { zh "改为" en "Instead" }
    case { zh "办件" en "Case" }
    find_case { zh "查办件编号" en "find a case by number" }
    no_such_case { zh "没有这个办件" en "There is no such case" }
    ent_class { zh "企业类别" en "Class" }
    opened { zh "受理时间" en "Taken" }
    data_erased { zh "数据已抹去" en "data erased" }
    waits_for { zh "等待" en "Waits for" }
    later { zh "尚未开启的事项先要，项数：" en "Matters not begun need first: " }
    which { zh "对象" en "Which" }
    with_whom { zh "在谁处" en "With" }
    next_try { zh "下次尝试" en "Next try" }
    by_dept { zh "各部门" en "By department" }
    picture_of { zh "各事项的经过，从受理到现在；下面的表格以文字说明同样的内容" en "The matters in time, from when the case was taken until now; the tables below say the same in words" }
    attempt { zh "发送号" en "Attempt" }
    mode { zh "方式与通道" en "Mode and channel" }
    goes_on_from { zh "接续" en "repeats" }
    items { zh "指标项" en "Items" }
    proposal { zh "建议值" en "proposal" }
    conflict { zh "说法不一致" en "others say otherwise" }
    reveal { zh "显示个人信息" en "Show personal values" }
    reveal_do { zh "显示" en "Show" }
    reveal_hint { zh "写明原因；每次查看都记入日志" en "say why; each view is recorded" }
    revealed { zh "本页显示个人信息，这次查看已记入日志。" en "This page shows personal values. The view is recorded." }
    parked { zh "待对照代码" en "Waits for codes" }
    story { zh "经过" en "Story" }
    at_time { zh "时间" en "Time" }
    event { zh "事件" en "Event" }
    detail { zh "细节" en "Detail" }
    nav_codes { zh "码表" en "Codes" }
    codes_title { zh "待对照代码" en "Codes that no table knows" }
    codes_open { zh "待对照" en "to be mapped" }
    codes_hint { zh "一人提议，另一人确认相同的含义，对照表随即补充，等待的记录和发送继续办理。" en "One person says what it means, another says the same; the table is extended then, and what waits goes on." }
    table { zh "对照表" en "Table" }
    the_code { zh "代码" en "Code" }
    waiting_for_it { zh "在等的" en "What waits" }
    rows_in { zh "记录" en "rows" }
    deliveries { zh "发送" en "deliveries" }
    example { zh "例" en "first" }
    proposed { zh "已提议" en "Proposed" }
    meaning { zh "含义" en "Means" }
    our_code { zh "统一代码" en "canonical code" }
    their_code { zh "部门代码" en "their code" }
    propose { zh "提议" en "Propose" }
    confirm { zh "确认" en "Confirm" }
    say_meaning { zh "请填写含义" en "say what it means" }
    did_propose { zh "已提议，须由另一人确认。" en "Proposed. Another person must confirm it." }
    did_confirm { zh "已确认，对照表已补充。继续办理，项数：" en "Confirmed, the table is extended. What went on: " }
    nav_accounts { zh "账户" en "Accounts" }
    accounts_title { zh "账户" en "Accounts" }
    accounts_hint { zh "选择一个账户，说明如何处理。每次变动都记入日志。" en "Pick an account and say what is to be done. Each change is recorded." }
    roles { zh "角色" en "Roles" }
    uid { zh "本机用户号" en "User number here" }
    uid_hint { zh "不填则只能用浏览器" en "without it the browser only" }
    totp { zh "动态验证" en "Authenticator" }
    yes { zh "是" en "yes" }
    with_account { zh "对所选账户" en "With the account picked" }
    do_token { zh "重发一次性口令，并解除停用" en "a new token in place of the password; opens a disabled account" }
    do_totp { zh "同时换新的动态验证" en "with a new authenticator" }
    do_disable { zh "停用" en "disable" }
    do_roles { zh "更换角色为" en "other roles:" }
    add_account { zh "新建账户" en "Add an account" }
    add { zh "新建" en "Add" }
    pick_account { zh "请选择一个账户" en "pick an account" }
    uid_wrong { zh "用户号须是数字" en "the user number is digits" }
    token_title { zh "一次性口令" en "Token" }
    token_hint { zh "三天内有效，只显示这一次；登录后自设口令" en "good once within three days, and not shown again; they log in with it and choose a password" }
    totp_secret { zh "动态验证密钥" en "Authenticator secret" }
    did_disable { zh "账户已停用。" en "The account is disabled." }
    did_roles { zh "角色已更换。" en "The roles are changed." }
    nav_audit { zh "审计" en "Audit" }
    audit_title { zh "谁做了什么" en "Who did what" }
    audit_hint { zh "取自日志，新的在前。原因写在办件的经过里。" en "From the journal, the newest first. Reasons stand in the story of the case." }
    filter { zh "筛选" en "Show" }
    act { zh "做了" en "Did" }
    act_object { zh "对象" en "To" }
    act_result { zh "结果" en "Result" }
    journal_place { zh "日志位置" en "Journal" }
    looked_back_to { zh "已看到" en "looked back to" }
    day_wrong { zh "日期写成 2026-03-02 这样" en "a day is written 2026-03-02" }
    nav_map { zh "全景" en "Map" }
    map_title { zh "全景" en "The whole" }
    map_hint { zh "各部门和通道的现状；每十秒自动更新。" en "How departments and channels are; it is brought again every ten seconds." }
    map_stale { zh "画面没有更新：请重新打开本页。" en "The picture is not up to date: open the page again." }
    as_of { zh "截至" en "as of" }
    open_cases { zh "在办" en "open cases" }
    skewer { zh "糖葫芦" en "The skewer" }
    step { zh "步" en "step" }
    waiting { zh "等待" en "waiting" }
    booked { zh "已登记" en "booked" }
    refused_count { zh "已拒" en "refused" }
    channels { zh "通道" en "Channels" }
    since_when { zh "自" en "since" }
    afterwards { zh "承诺之外的后续服务：" en "Afterwards, outside the promise:" }
    lamp_well { zh "正常" en "well" }
    lamp_broken { zh "中断" en "broken" }
    lamp_partly { zh "部分中断" en "partly broken" }
    lamp_stopped { zh "停发" en "nothing is sent" }
    lamp_waits { zh "有等待" en "something waits" }
}
