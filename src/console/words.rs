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
}
