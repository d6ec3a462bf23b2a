//! Verbs that have verbs of their own.

use super::{day, fingerprint, pair, role, words};
use accounts::Role;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;

/// `disk`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum DiskVerb {
    /// Write what is due for a department to a medium · 导盘：写入介质
    Export {
        /// For · 部门
        dept: String,
        /// Directory of the medium · 介质目录
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// Cut this batch again, byte for byte · 重做这一批，内容不变
        #[arg(long, value_name = "NUMBER")]
        again: Option<String>,
    },
    /// Read return files from a medium · 回盘：读入
    Import {
        /// Directory of the medium, or one thing on it · 介质目录
        dir: PathBuf,
        /// From, where more than one department uses disks · 部门
        #[arg(long, value_name = "D")]
        dept: Option<String>,
        /// The disk that this one file answers, where its name does not say it · 所答批次
        #[arg(long, value_name = "NUMBER", requires = "dept")]
        answers: Option<String>,
        /// Take sets of another gateway though one before them is missing · 不等缺号
        #[arg(long)]
        past_gaps: bool,
    },
    /// What a medium is, for whom, and what to do with it; changes nothing · 这是什么盘、给谁、怎么办
    Inspect {
        /// Directory of the medium, or one thing on it · 介质目录
        dir: PathBuf,
    },
    /// Which disks went out and who has them; or note it · 导盘登记
    Log(DiskLogArgs),
    /// A slip to print and sign when a disk is handed over · 导盘交接单
    Slip {
        /// The number on the disk, or the ledger's · 编号
        disk: String,
        /// The page, HTML · 网页文件
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// A reminder to print for what should have come back by now · 催还单
    Remind {
        /// Only to · 部门
        dept: Option<String>,
        /// The page, HTML · 网页文件
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Take back a disk that never left; what was on it goes with another · 撤销尚未送出的导盘
    Cancel {
        /// The number on the disk, or the ledger's · 编号
        disk: String,
        /// Where its medium is, if not where it was written to · 介质目录
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
}

/// `disk log`
#[derive(Args, Clone, PartialEq, Debug)]
#[command(group = clap::ArgGroup::new("custody").args(["taken_by", "returned", "wiped", "lost"]).requires("disks"))]
pub struct DiskLogArgs {
    /// Numbers on the disks, or the ledger's · 编号
    #[arg(requires = "custody")]
    pub disks: Vec<String>,
    /// Which copy, if not the last · 第几份
    #[arg(long, value_name = "N", requires = "custody", value_parser = clap::value_parser!(u32).range(1..))]
    pub copy: Option<u32>,
    /// Who takes them away · 领取人
    #[arg(long, value_name = "NAME", value_parser = words)]
    pub taken_by: Option<String>,
    /// By which day they are to be back · 应还日期
    #[arg(long, value_name = "D", value_parser = day, requires = "taken_by", conflicts_with_all = ["returned", "wiped", "lost"])]
    pub back_by: Option<Date>,
    /// They came back · 已归还
    #[arg(long)]
    pub returned: bool,
    /// Nothing is on them any more · 已清除
    #[arg(long)]
    pub wiped: bool,
    /// Nobody knows where they are; say more with --note · 已遗失
    #[arg(long, requires = "note")]
    pub lost: bool,
    /// What else there is to say · 备注
    #[arg(long, value_name = "WORDS", value_parser = words, requires = "custody")]
    pub note: Option<String>,
    /// Only those that should be back or answered by now · 只列逾期的
    #[arg(long, conflicts_with = "custody")]
    pub overdue: bool,
}

/// `channel`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum ChannelVerb {
    /// Take over what another node claimed and left · 接管另一节点遗留的认领
    TakeOver {
        /// Of · 部门
        dept: String,
        /// How it is known that the other node is gone · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Vouch for the host key that the other side shows now, after comparing it by telephone · 信任对方更换的主机密钥
    Trust {
        /// Of · 部门
        dept: String,
        /// Over, where more than one has a host key · 通道
        #[arg(long, value_name = "C")]
        channel: Option<String>,
        /// The new key's fingerprint, as the other side says it · 新密钥的指纹，以对方所告为准
        #[arg(long, value_name = "SHA256:…", value_parser = fingerprint)]
        fingerprint: String,
    },
}

/// `queue`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum QueueVerb {
    /// Tasks that wait · 待办
    List {
        /// Only of this department · 部门
        #[arg(long, value_name = "D")]
        dept: Option<String>,
    },
    /// One task, in the order of the department's screen · 一项待办，按对方界面的顺序
    Show {
        /// Task · 任务号
        task: String,
    },
    /// Take a task · 领取
    Claim {
        /// Task · 任务号
        task: String,
    },
    /// Complete a task: an acceptance number, or the fields of a form · 完成
    Complete {
        /// Task · 任务号
        task: String,
        /// The department's acceptance number · 对方受理号
        #[arg(long, value_name = "NO")]
        acceptance: Option<String>,
        /// A field of the form · 表单字段
        #[arg(long = "field", value_name = "NAME=VALUE", value_parser = pair)]
        fields: Vec<(String, String)>,
        /// A key field, keyed again · 关键字段，再录一遍
        #[arg(long = "again", value_name = "NAME=VALUE", value_parser = pair)]
        again: Vec<(String, String)>,
    },
    /// The department's system does not take it · 对方系统不收
    Refuse {
        /// Task · 任务号
        task: String,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// It was looked for there and was not keyed · 已查对方系统，未曾录入
    NotKeyed {
        /// Task · 任务号
        task: String,
        /// How that is known · 依据
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Prove what somebody else keyed: key it again unseen; without fields, take it · 复核录入；不带字段为领取
    Verify {
        /// Task · 任务号
        task: String,
        /// A field, keyed again · 重新录入的字段
        #[arg(long = "field", value_name = "NAME=VALUE", value_parser = pair)]
        fields: Vec<(String, String)>,
    },
    /// Say what is right where two entries differ · 两人录入不一致，由第三人裁定
    Decide {
        /// Task · 任务号
        task: String,
        /// What is right, of each field in which they differ · 正确的内容
        #[arg(long = "field", value_name = "NAME=VALUE", value_parser = pair, required = true)]
        fields: Vec<(String, String)>,
        /// How that is known · 依据
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// What was keyed is to be keyed anew · 退回重新录入
    Back {
        /// Task · 任务号
        task: String,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Give back your own task · 放回自己领取的任务
    Release {
        /// Task · 任务号
        task: String,
    },
    /// Take a task from whoever has it · 改派
    Assign {
        /// Task · 任务号
        task: String,
        /// Who has it from now on; without it, whoever takes it · 改派给谁；不写则放回队列
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Put a task before others or behind them · 调整先后
    Rank {
        /// Task · 任务号
        task: String,
        /// 1, 0 or -1 · 提前、恢复、推后
        #[arg(value_parser = clap::value_parser!(i8).range(-1..=1), allow_negative_numbers = true)]
        rank: i8,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// How fast and how well is keyed, by clerk and by field · 录入的速度与差错
    Stats,
    /// Whether the queue can be done in time · 能否按期办完
    Forecast {
        /// By so many clerks · 录入人数
        #[arg(long, value_name = "N")]
        clerks: u32,
    },
}

/// `refused`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum RefusedVerb {
    /// Refusals nobody has dealt with · 未处理的拒绝
    List {
        /// Only of this department · 部门
        #[arg(long, value_name = "D")]
        dept: Option<String>,
    },
    /// One of them · 其中一条
    Show {
        /// Number: a12, or b7:3 · 编号
        id: String,
    },
    /// Let refused hand-overs go again: by number, or all of a department and code · 重新发送
    Retry {
        /// Numbers · 编号
        #[arg(required_unless_present_all = ["dept", "code"], conflicts_with_all = ["dept", "code"])]
        ids: Vec<String>,
        /// All of this department · 部门
        #[arg(long, value_name = "D", requires = "code")]
        dept: Option<String>,
        /// and this return code · 返回码
        #[arg(long, value_name = "C", requires = "dept")]
        code: Option<String>,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Let one go again with other words, recorded as a person's · 改后重发，记为人工替换
    Edit {
        /// Number · 编号
        id: String,
        /// An item and its new text · 指标项与新值
        #[arg(long, value_name = "ITEM=TEXT", value_parser = pair, required = true)]
        set: Vec<(String, String)>,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Give them up · 放弃
    Drop {
        /// Numbers · 编号
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why · 原因
        #[arg(long, value_parser = words)]
        reason: String,
    },
}

/// `codes`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum CodesVerb {
    /// What no table knows, and how much waits for it · 待对照的代码
    Unmapped,
    /// Say what a code means; once two people say the same, all that waits goes on · 补充对照，须两人各执行一次
    Map {
        /// Code table · 对照表
        table: String,
        /// The department's code · 部门代码
        code: String,
        /// The canonical code · 统一代码
        canonical: String,
        /// How that is known · 依据
        #[arg(long, value_parser = words)]
        reason: String,
    },
}

/// `reviews`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum ReviewsVerb {
    /// Those that wait for an answer · 待答复的校核
    List {
        /// Only those that this department asked or must answer · 部门（提出的和应答复的）
        #[arg(long, value_name = "D")]
        dept: Option<String>,
        /// Answered ones too · 含已答复
        #[arg(long)]
        all: bool,
    },
    /// One of them, with its answer · 其中一条及其答复
    Show {
        /// Number: r3 · 校核号
        review: String,
    },
    /// Say for a department that what it received is wrong; whoever gave it must answer · 代收数部门提出
    Ask {
        /// Case number · 办件编号
        case_no: String,
        /// Items, by name · 指标项
        #[arg(required = true, value_name = "ITEM")]
        items: Vec<String>,
        /// The department that received them · 收数部门
        #[arg(long, value_name = "D")]
        dept: String,
        /// What is wrong · 有误之处
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Say for whoever gave it that the value stands; a correction comes by its ordinary way · 代供数部门答复：数据无误
    Confirm {
        /// Number: r3 · 校核号
        review: String,
        /// How that is known · 依据
        #[arg(long, value_parser = words)]
        reason: String,
    },
}

/// `unsettled`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum UnsettledVerb {
    /// What only a person can settle · 需人工认定的
    List,
}

/// `ledger`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum LedgerVerb {
    /// Check the chain, without secret and without node · 校验（不需任何秘密，不需节点运行）
    Verify(VerifyArgs),
    /// How big it is · 规模
    Stats,
    /// Make the index again from the journal · 由日志重建索引
    Rebuild,
    /// Move the data of cases finished before a day into a file that can be checked for ever · 把早先了结的办件数据移入归档文件
    Archive {
        /// Finished before this day · 此日之前了结的
        #[arg(long, value_name = "D", value_parser = day)]
        before: Date,
        /// The archive's file, a new one · 归档文件，须为新文件
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Erase a finished case's data for ever; the account and the chain stay · 抹去一个已了结办件的数据，账目与链不变
    Erase {
        /// Case number · 办件编号
        case_no: String,
        /// On what grounds; recorded · 依据，记入日志
        #[arg(long, value_parser = words)]
        reason: String,
    },
    /// Copy the journal while the node works: no index, no key · 备份（节点照常运行；不含索引和密钥）
    Backup {
        /// A directory that is not there yet · 新目录
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Make a ledger of a backup; it sends nothing until a person trusts it · 由备份恢复，须人工确认后才外发
    Restore {
        /// The backup · 备份目录
        dir: PathBuf,
        /// Only compare: backup, and the ledger that is there · 只核对，不恢复
        #[arg(long)]
        verify: bool,
    },
    /// Trust a ledger that is in doubt; without a reason, only what is known · 存疑的账本经查明后恢复外发；不写原因则只列出
    Resume {
        /// How that is known · 依据
        #[arg(long, value_parser = words)]
        reason: Option<String>,
        /// It is the latest after all: no hand-over need be looked for · 确认没有缺失，无需逐项核对
        #[arg(long, requires = "reason")]
        nothing_lost: bool,
    },
}

/// `ledger verify`
#[derive(Args, Clone, PartialEq, Debug, Default)]
pub struct VerifyArgs {
    /// A data directory, a journal or a copy of one, or an archive; the configured one without it · 数据目录、其副本，或归档文件
    pub dir: Option<PathBuf>,
    /// The node's public key (`ledger stats` shows it), or a file with it: every signature is checked · 节点公钥或其文件
    #[arg(long, value_name = "KEY")]
    pub public_key: Option<String>,
    /// A signed head that left the machine, or a paper with such heads, as a receipt: the journal must still say the same · 曾交出的签名链头，或载有链头的回执等
    #[arg(long = "anchor", value_name = "HEAD")]
    pub anchors: Vec<String>,
}

/// `user`
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum UserVerb {
    /// Who has an account, and in what state it is · 账户一览
    List,
    /// A new account; prints a token that opens the console once · 新建账户，打印一次性口令
    Add {
        /// The person's name · 姓名
        name: String,
        /// clerk, verifier, supervisor, system_administrator, security_administrator, auditor; may be repeated · 角色
        #[arg(long = "role", required = true, value_name = "ROLE", value_parser = role)]
        roles: Vec<Role>,
        /// The person's user number here; without it the browser only · 本机用户号；不写则只能用浏览器
        #[arg(long, value_name = "N")]
        uid: Option<u32>,
        /// An authenticator's code is asked as well · 另须动态验证码
        #[arg(long)]
        totp: bool,
    },
    /// A new token in place of a forgotten password; opens a shut or disabled account · 重发一次性口令，并解除停用
    Passwd {
        /// The person's name · 姓名
        name: String,
        /// With a new authenticator · 换新的动态验证
        #[arg(long)]
        totp: bool,
    },
    /// Other roles in place of those it has · 更换角色
    Roles {
        /// The person's name · 姓名
        name: String,
        /// As with add; may be repeated · 角色
        #[arg(long = "role", required = true, value_name = "ROLE", value_parser = role)]
        roles: Vec<Role>,
    },
    /// Nobody logs in or acts under it any more · 停用账户
    Disable {
        /// The person's name · 姓名
        name: String,
    },
}
