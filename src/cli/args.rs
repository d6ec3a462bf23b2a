//! What can be typed: global options before or after the verb, one verb, its own words. Nothing is done here.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use model::Lang;
use std::path::{Path, PathBuf};

pub mod nested;

#[cfg(test)]
mod tests;

pub use nested::{
    ChannelVerb, CodesVerb, DiskLogArgs, DiskVerb, LedgerVerb, QueueVerb, RefusedVerb, ReviewsVerb, UnsettledVerb,
    UserVerb, VerifyArgs,
};

/// Where the configuration lies when nobody says so and there is no `config/` here.
pub const INSTALLED_CONFIG: &str = "/etc/tanghulu";

/// Keeps case data in step between a central platform and its departments · 端交换节点
///
/// Exit codes · 退出码: 0 good · 1 the answer is no · 2 wrong call or configuration · 3 the node cannot be reached
#[derive(Parser, Clone, PartialEq, Debug)]
#[command(name = "tanghulu", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// Options of every verb.
    #[command(flatten)]
    pub global: Global,
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options of every verb, before it or after it.
#[derive(Args, Clone, PartialEq, Debug, Default)]
pub struct Global {
    /// Configuration directory: config/ if it is there, else /etc/tanghulu · 配置目录
    #[arg(long, global = true, value_name = "DIR")]
    pub config: Option<PathBuf>,
    /// Answer in JSON on standard output · 以JSON作答
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of answers: from LC_ALL or LANG; Chinese unless they say en or C · 语言
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<LangArg>,
    /// Who acts: an account, or one of [people] where there are none · 操作人：账户，或（无账户时）[people]中的人
    #[allow(
        rustdoc::broken_intra_doc_links,
        reason = "help for people: the brackets are those of a TOML table"
    )]
    #[arg(long = "as", alias = "by", global = true, value_name = "NAME")]
    pub as_name: Option<String>,
}

/// A language, as typed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum LangArg {
    /// 中文
    Zh,
    /// English
    En,
}

impl Global {
    /// The configuration directory: the named one, else `config/` under `here` if it is there, else the installed one.
    pub fn config_dir(&self, here: &Path) -> PathBuf {
        match &self.config {
            Some(named) => named.clone(),
            None if here.join("config").is_dir() => here.join("config"),
            None => PathBuf::from(INSTALLED_CONFIG),
        }
    }

    /// The language: the named one, else what the environment says.
    pub fn language(&self, environment: Option<&str>) -> Lang {
        match self.lang {
            Some(LangArg::Zh) => Lang::Zh,
            Some(LangArg::En) => Lang::En,
            None => environment.map_or(Lang::Zh, language_of),
        }
    }
}

/// The language of a locale name: English for `en…`, `C` and `POSIX`, Chinese for every other.
pub fn language_of(locale: &str) -> Lang {
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let english = name.starts_with("en") || matches!(name, "C" | "POSIX");
    if english { Lang::En } else { Lang::Zh }
}

/// What to do.
#[derive(Subcommand, Clone, PartialEq, Debug)]
pub enum Verb {
    /// Play the whole flow with living departments · 演示：各部门系统一并运行
    Demo(DemoArgs),
    /// Run the node · 运行节点
    Run,
    /// Judge the configuration and look for every counterpart · 检查配置与各通道
    Check {
        /// The configuration only · 只查配置，不连外部
        #[arg(long)]
        offline: bool,
    },
    /// Decode, map and check a file without taking it in · 预览文件，不入账
    Preview(PreviewArgs),
    /// Look once for what came from a department, or take in one file · 立即收取一次，或收取一个文件
    Collect {
        /// From · 部门
        dept: String,
        /// A file or directory · 文件或目录
        file: Option<PathBuf>,
    },
    /// Send once what is due for a department · 立即发送一次
    Deliver {
        /// To · 部门
        dept: String,
    },
    /// Files carried by hand · 导盘、回盘
    #[command(subcommand)]
    Disk(DiskVerb),
    /// Channels · 通道
    #[command(subcommand)]
    Channel(ChannelVerb),
    /// A case's whole story · 一个办件的全部经过
    Case {
        /// Case number · 办件编号
        case_no: String,
        /// Show personal values, for this reason; recorded · 显示个人信息，写明原因，记入日志
        #[arg(long, value_name = "REASON", value_parser = words)]
        reveal: Option<String>,
        /// Its data as an archive holds them; takes the node key · 从归档文件读取其数据，须有节点密钥
        #[arg(long, value_name = "FILE")]
        archive: Option<PathBuf>,
    },
    /// What a case waits for, since when, and the next try · 在等什么
    Why {
        /// Case number · 办件编号
        case_no: String,
    },
    /// The clerks' queue · 人工队列
    #[command(subcommand)]
    Queue(QueueVerb),
    /// Refused rows, files and hand-overs · 被拒的记录、文件和发送
    #[command(subcommand)]
    Refused(RefusedVerb),
    /// Codes that no table knows, and what they mean · 对照表以外的代码
    #[command(subcommand)]
    Codes(CodesVerb),
    /// Data that a receiver calls wrong, and what its source answers · 校核
    #[command(subcommand)]
    Reviews(ReviewsVerb),
    /// What only a person can settle · 结果不明，需人工认定
    #[command(subcommand)]
    Unsettled(UnsettledVerb),
    /// Say of an unsettled hand-over whether it was booked · 认定对方是否已登记
    Settle(SettleArgs),
    /// Batches that still wait for answers · 等待回执的批次
    Receipts {
        /// Only those overdue · 只列逾期
        #[arg(long)]
        overdue: bool,
    },
    /// The skewer that needs, gives and after imply · 糖葫芦：各环节的先后
    Flow {
        /// Class of enterprise; the longest flow without it · 企业类别
        #[arg(long)]
        class: Option<String>,
        /// Draw it to this file · 画成SVG文件
        #[arg(long, value_name = "F")]
        svg: Option<PathBuf>,
    },
    /// What forms ask, what they ask twice, and what one form would leave · 一表制：重复填报分析
    Oneform {
        /// Form files, or directories of them · 表格文件或其目录
        #[arg(required = true, value_name = "FORMS")]
        forms: Vec<PathBuf>,
    },
    /// opened = booked + refused + waiting · 对账
    Balance(BalanceArgs),
    /// Accounts · 账户
    #[command(subcommand)]
    User(UserVerb),
    /// The ledger · 账本
    #[command(subcommand)]
    Ledger(LedgerVerb),
}

/// `balance`
#[derive(Args, Clone, PartialEq, Debug, Default)]
pub struct BalanceArgs {
    /// The signed sheet of a day that is over: what waited, came, went, waits · 某日的日结单
    #[arg(long, value_name = "D", value_parser = day, conflicts_with = "verify")]
    pub day: Option<Date>,
    /// Check sheets that were written with --day D --json, without node and ledger · 离线核验日结单
    #[arg(long, value_name = "SHEET", num_args = 1..)]
    pub verify: Vec<PathBuf>,
    /// The node's public key (`ledger stats` shows it), or a file with it; the sheets' own without it · 节点公钥或其文件
    #[arg(long, value_name = "KEY", requires = "verify")]
    pub public_key: Option<String>,
}

/// `demo`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct DemoArgs {
    /// End when every case is done; implies --auto-clerk · 全部办完即结束
    #[arg(long)]
    pub once: bool,
    /// How many cases · 办件数
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub cases: u32,
    /// A made-up clerk works the queue · 由模拟人员处理人工队列
    #[arg(long)]
    pub auto_clerk: bool,
    /// Where everything is kept; a new temporary directory without it · 存放目录
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Spoil something on purpose, to see it found out.
    #[arg(long, hide = true)]
    pub sabotage: Option<Sabotage>,
}

/// How `demo` spoils its own work, so that the judges can be judged.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sabotage {
    /// One record is lost.
    Lose,
    /// One record is booked twice.
    Double,
}

/// `preview`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct PreviewArgs {
    /// From · 部门
    pub dept: String,
    /// The file · 文件
    pub file: PathBuf,
    /// Every row, unmasked, to the file of --out · 全部记录，不遮盖，写入--out
    #[arg(long, requires = "out")]
    pub all: bool,
    /// Where to; made new, readable by you alone · 输出文件（新建，仅本人可读）
    #[arg(long, value_name = "F", requires = "all")]
    pub out: Option<PathBuf>,
}

/// `settle`
#[derive(Args, Clone, PartialEq, Debug)]
pub struct SettleArgs {
    /// Case number; - where only the manifest counts · 办件编号；只按清单时写 -
    pub case_no: String,
    /// Matter, in full: dept.matter · 事项全名
    pub matter: String,
    /// What is known · 认定
    pub verdict: VerdictArg,
    /// How that is known · 依据
    #[arg(long, value_parser = words)]
    pub reason: String,
    /// Which hand-over is meant, where more than one is open: its number in unsettled list · 指哪一次发送
    #[arg(long, value_name = "A", conflicts_with = "manifest")]
    pub attempt: Option<String>,
    /// A list, one case number at the start of each line, all settled the same way · 清单，每行以办件编号开头
    #[arg(long, value_name = "M")]
    pub manifest: Option<PathBuf>,
}

/// Booked or not.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum VerdictArg {
    /// The department has it · 已登记
    Booked,
    /// It has not · 未登记
    NotBooked,
}

/// A reason is words, not blanks.
pub(crate) fn words(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a reason is needed · 须写明原因".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// A role by its word.
pub(crate) fn role(text: &str) -> Result<accounts::Role, String> {
    accounts::Role::from_word(text).ok_or_else(|| {
        let words: Vec<&str> = accounts::Role::ALL.iter().map(|r| r.word()).collect();
        format!("one of · 须为：{}", words.join(" "))
    })
}

/// A civil date.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| "write it as 2026-03-02 · 写成 2026-03-02".to_owned())
}

/// A fingerprint as `ssh-keygen -lf` prints it.
pub(crate) fn fingerprint(text: &str) -> Result<String, String> {
    engine::verb::fingerprint(text).map(str::to_owned).ok_or_else(|| {
        "write SHA256: and 43 characters, as ssh-keygen -lf prints it · 写成 SHA256: 加43个字符".to_owned()
    })
}

/// `NAME=VALUE`; the value may hold further `=`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE · 写成 名称=值".to_owned()),
    }
}
