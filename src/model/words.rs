//! How the fixed words of the books read: states, ways, roles, events. One table for every place that shows them, so that
//! no two of them call one thing by two words.
//!
//! A word without one of the two languages does not compile.

use crate::Lang;

macro_rules! words {
    ($($word:literal { zh $zh:literal en $en:literal })+) => {
        /// How a fixed word of the books reads; a word that is not fixed (a name, a number) reads as it stands.
        pub fn word(word: &str, lang: Lang) -> &str {
            match (word, lang) { $(($word, Lang::Zh) => $zh, ($word, Lang::En) => $en,)+ _ => word }
        }
    };
}

words! {
    "link" { zh "对接" en "link" }
    "frontend" { zh "前置机" en "frontend" }
    "disk" { zh "导盘" en "disk" }
    "taken" { zh "已领走" en "taken" }
    "back" { zh "已归还" en "back" }
    "wiped" { zh "已清除" en "wiped" }
    "lost" { zh "遗失" en "lost" }
    "cancelled" { zh "已撤销" en "cancelled" }
    "manual" { zh "人工" en "manual" }
    "submit" { zh "提交" en "submit" }
    "supplement" { zh "补正" en "supplement" }
    "amend" { zh "变更" en "amend" }
    "withdraw" { zh "撤回" en "withdraw" }
    "prepared" { zh "已备好" en "prepared" }
    "handed_over" { zh "已交出" en "handed over" }
    "acknowledged" { zh "已确认" en "acknowledged" }
    "refused" { zh "被拒" en "refused" }
    "unknown" { zh "结果不明" en "unknown" }
    "unconfirmed" { zh "无凭据" en "unconfirmed" }
    "recalled" { zh "已收回" en "recalled" }
    "received" { zh "收件" en "received" }
    "precheck" { zh "预受理" en "precheck" }
    "supplement_requested" { zh "补正告知" en "supplement requested" }
    "supplemented" { zh "已补正" en "supplemented" }
    "accepted" { zh "受理" en "accepted" }
    "acceptance_refused" { zh "不予受理" en "acceptance refused" }
    "in_review" { zh "审查中" en "in review" }
    "suspended" { zh "中止" en "suspended" }
    "resumed" { zh "恢复" en "resumed" }
    "approved" { zh "准予" en "approved" }
    "denied" { zh "不予许可" en "denied" }
    "returned" { zh "退件" en "returned" }
    "voided" { zh "作废" en "voided" }
    "deleted" { zh "删除" en "deleted" }
    "transferred" { zh "转报" en "transferred" }
    "withdrawn" { zh "撤回" en "withdrawn" }
    "closed" { zh "办结" en "closed" }
    "delivered" { zh "送达" en "delivered" }
    "booked" { zh "已登记" en "booked" }
    "unproved" { zh "已登记、无凭据" en "booked, unproved" }
    "waiting" { zh "等待" en "waiting" }
    "item" { zh "指标项" en "an item" }
    "decision" { zh "前家的决定" en "a decision" }
    "stopped" { zh "前家未准予，不再开启" en "nothing: an earlier matter was not granted" }
    "turn" { zh "通道的班次" en "the channel's turn" }
    "channel" { zh "通道恢复" en "a channel in trouble" }
    "receipt" { zh "回执" en "a receipt" }
    "person" { zh "经办人" en "a person" }
    "result" { zh "办理结果" en "the result" }
    "edit" { zh "改正后重发" en "a correction" }
    "code" { zh "补充对照表" en "a code to be mapped" }
    "agreement" { zh "续签共享协议" en "a renewed agreement" }
    "local" { zh "部门" en "department" }
    "canonical" { zh "统一" en "canonical" }
    "delivery_parked" { zh "发送前待对照代码" en "delivery waits for codes" }
    "delivery_doubted" { zh "可能已发出，待人工核对" en "may have been handed over" }
    "row" { zh "记录" en "row" }
    "substitute" { zh "人员改写" en "what a person wrote instead" }
    "row_parked" { zh "记录待对照代码" en "row waits for codes" }
    "review" { zh "校核" en "a review" }
    "answer" { zh "答复" en "answer" }
    "open" { zh "待答复" en "open" }
    "corrected" { zh "已更正" en "corrected" }
    "confirmed" { zh "核实无误" en "confirmed as it is" }
    "review_asked" { zh "提出校核" en "review asked" }
    "review_answered" { zh "校核答复" en "review answered" }
    "settling" { zh "人工认定" en "settling by a person" }
    "nothing" { zh "无" en "nothing" }
    "ended" { zh "已终止" en "ended" }
    "worksheet" { zh "录入单" en "worksheet" }
    "form" { zh "结果登记" en "form" }
    "rekey" { zh "复核录入" en "key again" }
    "decide" { zh "裁定" en "decide" }
    "form_keyed" { zh "结果录入，待复核" en "form keyed, waits to be verified" }
    "form_rekeyed" { zh "复核录入" en "form keyed again" }
    "form_decided" { zh "裁定" en "form decided" }
    "form_sent_back" { zh "退回重新录入" en "form sent back" }
    "task_ranked" { zh "调整先后" en "task ranked" }
    "in" { zh "收" en "in" }
    "out" { zh "发" en "out" }
    "repeat" { zh "重复，不再生效" en "repeat, no effect" }
    "quarantined" { zh "已隔离" en "quarantined" }
    "left" { zh "留在原处" en "left there" }
    "-" { zh "—" en "-" }
    "=" { zh "合计" en "total" }
    "at_once" { zh "随到随发" en "at once" }
    "on_request" { zh "按需" en "on request" }
    "data" { zh "办件数据" en "data of cases" }
    "evidence" { zh "审计记录" en "evidence" }
    "erased" { zh "已抹去" en "erased" }
    "case_opened" { zh "立案" en "case opened" }
    "items_merged" { zh "并入指标项" en "items merged" }
    "proposal_adopted" { zh "采用建议值" en "proposal adopted" }
    "case_withdrawn" { zh "办件撤回" en "case withdrawn" }
    "obligation_opened" { zh "开启事项" en "matter opened" }
    "obligation_ended" { zh "事项终止" en "matter ended" }
    "standing_set" { zh "办理状态" en "standing set" }
    "delivery_queued" { zh "列入发送" en "delivery queued" }
    "delivery_superseded" { zh "发送被取代" en "delivery superseded" }
    "delivery_due_again" { zh "重新列入发送" en "delivery due again" }
    "batch_prepared" { zh "批次备好" en "batch prepared" }
    "attempt_refused" { zh "发送前被拒" en "refused before leaving" }
    "attempt_moved" { zh "传输状态" en "attempt moved" }
    "unmatched" { zh "无对应" en "unmatched" }
    "form_opened" { zh "结果登记开启" en "form opened" }
    "task_claimed" { zh "任务领取" en "task claimed" }
    "task_released" { zh "任务退回" en "task released" }
    "form_closed" { zh "结果登记完成" en "form closed" }
    "other" { zh "其他" en "other" }
    "row_settled" { zh "了结记录" en "row closed" }
    "batch_left" { zh "批次发出" en "batch left" }
    "batch_carried" { zh "介质交接" en "medium changed hands" }
    "code_proposed" { zh "提议代码含义" en "code proposed" }
    "code_mapped" { zh "确认代码含义" en "code confirmed" }
    "host_key_trusted" { zh "信任主机密钥" en "host key trusted" }
    "ledger_trusted" { zh "确认账本" en "ledger trusted" }
    "case_erased" { zh "抹去办件数据" en "data of a case erased" }
    "login" { zh "登录" en "login" }
    "logout" { zh "退出" en "logout" }
    "entered" { zh "已登录" en "entered" }
    "password" { zh "设置口令" en "password" }
    "chosen" { zh "已设置" en "chosen" }
    "reveal" { zh "查看个人信息" en "looked at personal values" }
    "view task" { zh "打开任务" en "opened a task" }
    "look first" { zh "先查后录" en "looked first" }
    "user add" { zh "新建账户" en "account added" }
    "user passwd" { zh "重发一次性口令" en "new token" }
    "user roles" { zh "更换角色" en "roles changed" }
    "user disable" { zh "停用账户" en "account disabled" }
    "channel trust" { zh "信任主机密钥" en "host key trusted" }
    "channel take-over" { zh "接管通道" en "channel taken over" }
    "ledger rebuild" { zh "重建索引" en "index made again" }
    "ledger backup" { zh "备份账本" en "ledger backed up" }
    "ledger lapse" { zh "到期清理" en "what lapsed went" }
    "active" { zh "正常" en "active" }
    "token" { zh "待设口令" en "no password yet" }
    "token_expired" { zh "一次性口令已过期" en "token expired" }
    "shut" { zh "暂时锁定" en "shut for a while" }
    "disabled" { zh "已停用" en "disabled" }
    "clerk" { zh "办事员" en "clerk" }
    "verifier" { zh "复核员" en "verifier" }
    "supervisor" { zh "组长" en "supervisor" }
    "system_administrator" { zh "系统管理员" en "system administrator" }
    "security_administrator" { zh "安全管理员" en "security administrator" }
    "auditor" { zh "审计员" en "auditor" }
}
