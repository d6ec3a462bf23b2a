//! The one message catalogue: every code a person can meet, in Chinese and English, with its remedy.
//!
//! A code without one of the four texts does not compile. Marks like `{column}` are filled from a finding's arguments.
//! `E_` refuses, `W_` accepts and flags, `C_` is about a channel, `S_` about the configuration, `L_` about the ledger,
//! `V_` about a verb's call, `A_` about a call of the platform's interface. The four digits are what a return file says (domain notes, section 3.4).

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::Lang;

macro_rules! codes {
    ($($variant:ident $word:literal $ret:literal { zh $zh:literal en $en:literal fix_zh $fzh:literal fix_en $fen:literal })+) => {
        /// Every code.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "the texts below are the documentation")]
        pub enum Code { $(#[serde(rename = $word)] $variant),+ }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];
            /// The code as printed.
            pub fn word(self) -> &'static str { match self { $(Code::$variant => $word),+ } }
            /// The code for a printed word.
            pub fn from_word(word: &str) -> Option<Self> { match word { $($word => Some(Code::$variant),)+ _ => None } }
            /// The four digits a return file carries; empty where the code never reaches one.
            pub fn return_code(self) -> &'static str { match self { $(Code::$variant => $ret),+ } }
            /// The sentence, with marks unfilled.
            pub fn what(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Code::$variant, Lang::Zh) => $zh, (Code::$variant, Lang::En) => $en),+ }
            }
            /// The remedy, with marks unfilled.
            pub fn remedy(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Code::$variant, Lang::Zh) => $fzh, (Code::$variant, Lang::En) => $fen),+ }
            }
        }
    };
}

impl Code {
    /// A warning: accepted, counted, shown.
    pub fn is_warning(self) -> bool {
        self.word().starts_with("W_")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

codes! {
    // --- a file as a whole
    EFileName "E_FILE_NAME" "1001" { zh "文件名不符合约定" en "the file name does not follow the agreed pattern" fix_zh "按约定命名后重新提供：{pattern}" fix_en "name it as agreed and send it again: {pattern}" }
    EFileHash "E_FILE_HASH" "1002" { zh "文件内容与其摘要不一致" en "the file does not match its digest" fix_zh "重新传送原文件；不要在中途改写" fix_en "send the original again; nothing may rewrite it on the way" }
    EFileCount "E_FILE_COUNT" "1003" { zh "记录数不符：声明{declared}，实际{found}" en "wrong number of records: {declared} declared, {found} found" fix_zh "核对来源系统后重新导出整个文件" fix_en "check the source and export the whole file again" }
    EEmpty "E_EMPTY" "1003" { zh "文件没有任何记录，约定这种文件不会为空" en "the file has no rows, and by agreement such a file is never empty" fix_zh "核对来源系统后重新导出；确实可能为空时由管理员设empty = \"ok\"" fix_en "check the source and export it again; if it can really be empty, set empty = \"ok\"" }
    ELate "E_LATE" "1005" { zh "编号{number}晚到：{last}已先处理，本份未生效" en "number {number} came late: {last} was taken before it, and nothing of this one has effect" fix_zh "核对内容；仍然有效的由人员收下（collect 部门 文件），否则用 refused drop 销账" fix_en "look at it; if it still holds let a person take it in (collect DEPT FILE), otherwise close it with refused drop" }
    EFileSum "E_FILE_SUM" "1004" { zh "控制总额不符：声明{declared}，实际{found}" en "wrong control sum: {declared} declared, {found} found" fix_zh "核对来源系统后重新导出整个文件" fix_en "check the source and export the whole file again" }
    ERepeated "E_REPEATED" "1005" { zh "批次{number}已于{when}处理过" en "batch {number} was taken in before, at {when}" fix_zh "无需处理；不会重复生效" fix_en "nothing to do; it has no second effect" }
    ENumberReused "E_NUMBER_REUSED" "1005" { zh "批次号{number}曾用于另一份内容，本批已隔离" en "number {number} was used before for other content; this batch is quarantined" fix_zh "由来源部门确认哪一份有效，改用新批次号重发" fix_en "ask the department which one is right; send it again under a new number" }
    ESignature "E_SIGNATURE" "1006" { zh "签名或解密失败" en "signature or decryption failed" fix_zh "确认介质来自{from}，向对方索取原件" fix_en "make sure the medium comes from {from}; ask for the original" }
    ECipherOthers "E_CIPHER_OTHERS" "1006" { zh "文件已加密，本节点的密钥打不开：不是加密给本节点的，或途中被改动" en "the file is encrypted and no key of this node opens it: it is for somebody else, or was changed on the way" fix_zh "请对方加密给本节点后重新提供：{how}" fix_en "have it encrypted for this node and provided again: {how}" }
    ECipherNoKey "E_CIPHER_NO_KEY" "1006" { zh "文件已加密，本通道没有配置解密的密钥" en "the file is encrypted, and this channel has no key to open it" fix_zh "由管理员设 identity 后重新导入；没有密钥时请对方按约定不加密提供" fix_en "let the administrator set identity and take it in again; where there is no key, have it provided in clear as agreed" }
    ECipherBroken "E_CIPHER_BROKEN" "1006" { zh "加密文件不完整或被改动：{detail}" en "the encrypted file is cut or changed: {detail}" fix_zh "从对方原件重新复制；原件也打不开时请对方重新加密" fix_en "copy it again from the original; where that cannot be opened either, have it encrypted again" }
    ECipherForm "E_CIPHER_FORM" "1008" { zh "加密文件的形式不能读：{detail}" en "the file is encrypted in a form that is not read: {detail}" fix_zh "请对方这样加密（不用口令，不转成文本）：{how}" fix_en "have it encrypted so (no passphrase, not as letters): {how}" }
    EEncoding "E_ENCODING" "1007" { zh "不是有效的{encoding}编码，字节为{hex}" en "not valid {encoding}: bytes {hex}" fix_zh "按约定编码重新导出；不要用表格软件另存" fix_en "export it again in the agreed encoding; do not re-save it in a spreadsheet" }
    EBom "E_BOM" "1007" { zh "文件声明为{encoding}，开头却是：{found}" en "declared as {encoding}, but it begins with: {found}" fix_zh "按约定编码重新导出" fix_en "export it again in the agreed encoding" }
    EStructure "E_STRUCTURE" "1008" { zh "文件结构不正确：{detail}" en "the file is not built as agreed: {detail}" fix_zh "按接口约定重新导出整个文件" fix_en "export the whole file again as the interface says" }
    EHeader "E_HEADER" "1008" { zh "表头不符：缺少{missing}，多出{extra}" en "wrong header: missing {missing}, unexpected {extra}" fix_zh "不要增删改表头；接口变更须先改配置" fix_en "leave the header as agreed; change the configuration first if the interface changed" }
    ETruncated "E_TRUNCATED" "1008" { zh "文件不完整：应有{declared}字节，只有{found}字节" en "the file is cut short: {declared} bytes expected, {found} found" fix_zh "等待传送完成后重新提供" fix_en "wait for the transfer to end and provide it again" }
    ETooLarge "E_TOO_LARGE" "1009" { zh "超过上限：{found}，上限{limit}" en "too large: {found}, limit {limit}" fix_zh "拆分后重发，或由管理员调整上限{setting}" fix_en "split it, or let the administrator raise {setting}" }
    EWrongRecipient "E_WRONG_RECIPIENT" "1006" { zh "这批数据是给{to}的，不是给本节点的" en "this set is for {to}, not for this node" fix_zh "送交{to}" fix_en "take it to {to}" }
    EUnknownBatch "E_UNKNOWN_BATCH" "1005" { zh "本节点没有发出过批次{number}" en "this node never sent a batch {number}" fix_zh "核对文件名或介质，确认批次号" fix_en "check the file name or the medium; make sure of the number" }
    EBrokenOff "E_BROKEN_OFF" "1008" { zh "解析进程中途退出，文件未收下" en "the process that parses this file ended before the file did" fix_zh "文件可能损坏或有恶意：用原系统打开核对，另存后重发" fix_en "the file may be damaged or hostile: open it in the system it came from, save it anew and send it again" }
    EUnreadable "E_UNREADABLE" "9001" { zh "读取中断：{detail}" en "reading broke off: {detail}" fix_zh "检查介质、网络或权限；系统会自动重试" fix_en "check the medium, the network and the permissions; it is tried again by itself" }
    EQuoteOpen "E_QUOTE_OPEN" "1008" { zh "从这一行起的引号没有闭合，其后的内容不可信" en "a quote opened in this row is never closed; nothing after it can be trusted" fix_zh "在来源系统更正后重新导出整个文件；字段确有许多行时由管理员调整limits.field_newlines" fix_en "correct it at the source and export the whole file again; if a field really has that many lines, raise limits.field_newlines" }
    EQuoteStray "E_QUOTE_STRAY" "1008" { zh "引号出现在不该出现的位置，其后的内容不可信" en "a quote stands where none can stand; nothing after it can be trusted" fix_zh "在来源系统更正后重新导出整个文件：字段内的引号须成对书写" fix_en "correct it at the source and export the whole file again: a quote inside a field is written twice" }
    ELastLine "E_LAST_LINE" "1008" { zh "最后一行没有换行，文件可能不完整" en "the last line does not end; the file may be cut short" fix_zh "等待传送完成后重新提供；对方从不写末尾换行时，由管理员设last_line_end为optional" fix_en "wait for the transfer to end and provide it again; if the other side never ends its last line, set last_line_end to optional" }
    EMemo "E_MEMO" "1008" { zh "“{column}”是备注字段，内容在另一个文件里，不接收" en "\"{column}\" is a memo field: its text lies in another file and is not taken" fix_zh "改用字符字段后重新导出" fix_en "export it again with a character field" }
    ECodePage "E_CODE_PAGE" "1007" { zh "文件声明的代码页{found}与约定的{encoding}矛盾" en "the file declares code page {found}, which contradicts the agreed {encoding}" fix_zh "按约定编码重新导出" fix_en "export it again in the agreed encoding" }
    EDuplicateKey "E_DUPLICATE_KEY" "1008" { zh "“{column}”出现两次" en "\"{column}\" stands there twice" fix_zh "由来源更正后重报" fix_en "have it corrected at the source and sent again" }
    EDtd "E_DTD" "1008" { zh "文件带有文档类型声明（DOCTYPE）或自定义实体，不接收" en "the document declares a document type or uses an entity of its own, and neither is taken" fix_zh "由来源去掉DOCTYPE；只有&lt; &gt; &amp; &apos; &quot;和字符编号可用" fix_en "have the source leave the DOCTYPE out; only &lt; &gt; &amp; &apos; &quot; and numbered characters may be used" }
    ENested "E_NESTED" "1008" { zh "“{column}”应是单个值，却是{found}" en "\"{column}\" must be a single value, but it is {found}" fix_zh "按接口约定填写" fix_en "send it as the interface says" }

    // --- a workbook, or what calls itself one
    EKind "E_KIND" "1008" { zh "文件其实是{found}，不是{expected}" en "the file is really {found}, not {expected}" fix_zh "用约定的格式重新导出；改扩展名不改变格式" fix_en "export it again in the agreed format; another ending does not change what it is" }
    EEncrypted "E_ENCRYPTED" "1008" { zh "工作簿设有打开密码，不能读取" en "the workbook needs a password to be opened" fix_zh "去掉密码后重新提供；保密由介质保证" fix_en "remove the password and provide it again; the medium keeps it secret" }
    EMacro "E_MACRO" "1008" { zh "工作簿带有宏，不接收" en "the workbook carries macros and is not taken" fix_zh "另存为不带宏的工作簿" fix_en "save it as a workbook without macros" }
    EExternalLink "E_EXTERNAL_LINK" "1008" { zh "工作簿引用了别的文件或数据源，不接收" en "the workbook refers to other files or sources of data and is not taken" fix_zh "断开链接、只留数值后重新提供" fix_en "break the links, keep the values and provide it again" }
    ECellError "E_CELL_ERROR" "2003" { zh "“{column}”是错误值{found}" en "\"{column}\" holds the error value {found}" fix_zh "在来源更正公式或填写实际值" fix_en "correct the formula at the source or fill in the value" }

    // --- a row
    ERequired "E_REQUIRED" "2001" { zh "“{column}”必填" en "\"{column}\" is required" fix_zh "由来源补齐后重报" fix_en "have it filled in at the source and sent again" }
    ETooLong "E_TOO_LONG" "2002" { zh "“{column}”超长：{found}，上限{limit}" en "\"{column}\" is too long: {found}, limit {limit}" fix_zh "由人员提供简称（refused edit），系统不截断" fix_en "let a person give a short form (refused edit); nothing is ever cut" }
    ECutCharacter "E_CUT_CHARACTER" "2002" { zh "“{column}”的汉字被截断，剩下字节{hex}" en "a character of \"{column}\" is cut in half: {hex} is left of it" fix_zh "由来源补全这一项后重报；系统不猜测缺少的一半" fix_en "have it completed at the source and sent again; the missing half is never guessed" }
    ELen "E_LEN" "2003" { zh "“{column}”位数不对：{found}位" en "\"{column}\" has the wrong length: {found}" fix_zh "核对证照原件" fix_en "check it against the original document" }
    ECharset "E_CHARSET" "2003" { zh "“{column}”含有不允许的字符" en "\"{column}\" holds a character that cannot stand there" fix_zh "核对证照原件" fix_en "check it against the original document" }
    ECheck "E_CHECK" "2003" { zh "“{column}”校验位不符" en "the check digit of \"{column}\" is wrong" fix_zh "核对证照原件，多为输错或换位" fix_en "check it against the original document; usually a typing slip" }
    EFormat "E_FORMAT" "2003" { zh "“{column}”格式不对" en "\"{column}\" is not written as agreed" fix_zh "按约定格式填写" fix_en "write it as agreed" }
    EPrefix "E_PREFIX" "2003" { zh "“{column}”号段不存在" en "\"{column}\" begins with a prefix that does not exist" fix_zh "核对号码" fix_en "check the number" }
    EAreaMissing "E_AREA_MISSING" "2003" { zh "“{column}”缺少区号" en "\"{column}\" lacks its area code" fix_zh "补上区号" fix_en "add the area code" }
    ECategory "E_CATEGORY" "2004" { zh "“{column}”机构类别未定义" en "the category in \"{column}\" is not defined" fix_zh "核对证照原件" fix_en "check it against the original document" }
    EDivision "E_DIVISION" "2004" { zh "“{column}”行政区划不存在" en "the division in \"{column}\" does not exist" fix_zh "核对行政区划代码" fix_en "check the division code" }
    ECodeVersion "E_CODE_VERSION" "2004" { zh "“{column}”缺少代码标准版本，不能判断含义" en "\"{column}\" lacks the version of its code standard, so its meaning is open" fix_zh "人工判断，或请部门补报版本" fix_en "let a person decide, or ask the department for the version" }
    EUnmapped "E_UNMAPPED" "2004" { zh "“{column}”的代码不在对照表{table}中" en "the code in \"{column}\" is not in table {table}" fix_zh "核对后补充对照表" fix_en "check it and extend the table" }
    EExpr "E_EXPR" "2003" { zh "“{column}”由表达式得出，{detail}" en "\"{column}\" comes from an expression: {detail}" fix_zh "补齐所用的项，或由管理员改正表达式" fix_en "have what it reads filled in, or let the administrator correct the expression" }
    ESecrecy "E_SECRECY" "2011" { zh "“{column}”标为国家秘密或工作秘密，不得经本系统流转" en "\"{column}\" marks this as a state or work secret: it must not pass through this system" fix_zh "按保密规定另行办理；本系统没有留存其内容" fix_en "handle it as the rules on secrets say; nothing of its content was kept here" }
    EDate "E_DATE" "2005" { zh "“{column}”不是有效日期" en "\"{column}\" is not a date" fix_zh "按约定格式填写日期" fix_en "write the date as agreed" }
    EAmbiguous "E_AMBIGUOUS" "2005" { zh "“{column}”的日期有歧义" en "the date in \"{column}\" can be read in two ways" fix_zh "改用年-月-日" fix_en "write it year first" }
    EScale "E_SCALE" "2006" { zh "“{column}”小数位过多，不能舍入" en "\"{column}\" has more decimals than fit; nothing is rounded" fix_zh "核对金额" fix_en "check the amount" }
    EUnit "E_UNIT" "2006" { zh "“{column}”自带单位与本列单位矛盾" en "the unit written in \"{column}\" contradicts the column" fix_zh "去掉单位并核对金额" fix_en "remove the unit and check the amount" }
    EOverflow "E_OVERFLOW" "2006" { zh "“{column}”在来源处溢出：整格都是星号" en "\"{column}\" overflowed at its source: the field is all asterisks" fix_zh "由来源提供真实数值" fix_en "have the real number provided" }
    ERange "E_RANGE" "2006" { zh "“{column}”超出范围" en "\"{column}\" is out of range" fix_zh "核对数值" fix_en "check the number" }
    EUnmappable "E_UNMAPPABLE" "2007" { zh "“{column}”中的“{char}”（{point}）在{encoding}中没有编码" en "\"{char}\" ({point}) in \"{column}\" does not exist in {encoding}" fix_zh "由人员指定替代写法（refused edit），并记录在案" fix_en "let a person choose another writing (refused edit); it is recorded" }
    ENcr "E_NCR" "2007" { zh "“{column}”含有字符引用（&#…;），是前一系统写坏的" en "\"{column}\" holds a character reference (&#…;): an earlier system damaged it" fix_zh "向来源索取原文" fix_en "ask the source for the original text" }
    EReplaced "E_REPLACED" "2007" { zh "“{column}”含有替代字符，原字已丢失" en "\"{column}\" holds a replacement mark: the character was lost earlier" fix_zh "向来源索取原文" fix_en "ask the source for the original text" }
    EMojibake "E_MOJIBAKE" "2007" { zh "“{column}”是乱码" en "\"{column}\" was decoded wrongly earlier" fix_zh "向来源索取原文，核对编码" fix_en "ask the source for the original and check its encoding" }
    EPrecision "E_PRECISION" "2008" { zh "“{column}”曾被存成数字，末位已丢失" en "\"{column}\" was stored as a number and lost its last digits" fix_zh "以文本格式重新提供" fix_en "provide it again as text" }
    ESci "E_SCI" "2008" { zh "“{column}”是科学计数法" en "\"{column}\" is in scientific notation" fix_zh "以文本格式重新提供" fix_en "provide it again as text" }
    EDuplicateRow "E_DUPLICATE_ROW" "2009" { zh "同一批中重复，首见第{first}行" en "repeated within the batch; first in row {first}" fix_zh "删除重复行" fix_en "remove the repetition" }
    EUnknownCase "E_UNKNOWN_CASE" "2010" { zh "没有这个办件编号" en "no case of that number is known here" fix_zh "核对办件编号" fix_en "check the case number" }
    EErased "E_ERASED" "3003" { zh "该办件的数据已按规定抹去，不再接收" en "the data of this case were erased; nothing more is taken for it" fix_zh "用新的办件编号" fix_en "use a new case number" }
    EState "E_STATE" "2011" { zh "当前状态不允许：{detail}" en "not allowed in the present state: {detail}" fix_zh "先查明办件状态（case、why）" fix_en "look at the case first (case, why)" }
    ENotHanded "E_NOT_HANDED" "2011" { zh "{item}没有送给过{dept}，不能由其提出校核" en "{item} was never handed to {dept}, which cannot ask for its review" fix_zh "核对指标项；只能对收到的数据提出校核" fix_en "check which item is meant; only what was received can be called wrong" }
    EOwnWord "E_OWN_WORD" "2011" { zh "{item}是{dept}自己给出的，不必提出校核" en "{item} is {dept}'s own word; it asks nobody else" fix_zh "由该部门重报更正后的结果" fix_en "let the department send its result again, corrected" }
    EPredecessor "E_PREDECESSOR" "2012" { zh "前置事项{matter}尚未办结" en "the matter before it, {matter}, is not decided" fix_zh "等待前置事项" fix_en "wait for it" }
    ESexMismatch "E_SEX_MISMATCH" "2013" { zh "“{column}”与身份证号的性别不一致" en "\"{column}\" disagrees with the sex in the identity number" fix_zh "核对身份证件" fix_en "check the identity document" }
    EBirthMismatch "E_BIRTH_MISMATCH" "2013" { zh "“{column}”与身份证号的出生日期不一致" en "\"{column}\" disagrees with the birth date in the identity number" fix_zh "核对身份证件" fix_en "check the identity document" }
    EOrgMismatch "E_ORG_MISMATCH" "2013" { zh "“{column}”与组织机构代码不一致" en "\"{column}\" disagrees with the organisation code" fix_zh "核对登记证件" fix_en "check the certificates" }
    ECrossCheck "E_CROSS_CHECK" "2013" { zh "“{column}”与{other}所报不一致" en "\"{column}\" disagrees with what {other} says" fix_zh "由两部门核对" fix_en "let the two departments compare" }
    EMasked "E_MASKED" "2014" { zh "“{column}”是打了星号的值" en "\"{column}\" is a masked value" fix_zh "提供完整值" fix_en "provide the whole value" }
    EPlaceholder "E_PLACEHOLDER" "2014" { zh "“{column}”是占位值" en "\"{column}\" is a filler" fix_zh "提供真实值" fix_en "provide the real value" }
    EDoubleEntry "E_DOUBLE_ENTRY" "" { zh "“{column}”两次录入不一致" en "the two entries of \"{column}\" differ" fix_zh "对照原件重新录入两次" fix_en "key both again from the original" }
    ECalendar "E_CALENDAR" "" { zh "没有{year}年的工作日历" en "there is no calendar for {year}" fix_zh "放入 config/calendar/{year}.toml" fix_en "add config/calendar/{year}.toml" }
    EUnknownField "E_UNKNOWN_FIELD" "1008" { zh "不认识的字段“{column}”" en "unknown field \"{column}\"" fix_zh "按接口文档填写字段名" fix_en "use the field names of the interface document" }
    EReasonMissing "E_REASON_MISSING" "2001" { zh "结果为“{standing}”时必须写明原因" en "a result \"{standing}\" must say why" fix_zh "补写原因" fix_en "add the reason" }
    ENotAgreed "E_NOT_AGREED" "" { zh "共享协议{agreement}不含“{column}”" en "agreement {agreement} does not list \"{column}\"" fix_zh "修订协议后再配置" fix_en "amend the agreement, then the configuration" }
    EAgreementExpired "E_AGREEMENT_EXPIRED" "" { zh "共享协议{agreement}已于{date}到期，停止外发" en "agreement {agreement} expired on {date}; nothing leaves" fix_zh "续签后在部门文件中改agreement.expires，重启节点；等待的会自行外发" fix_en "renew it, change agreement.expires in the department's file and restart the node; what waits then leaves by itself" }

    // --- business answers and the system's own
    ENotAccepted "E_NOT_ACCEPTED" "3001" { zh "不予受理" en "not accepted" fix_zh "见对方说明" fix_en "see what the department says" }
    ESupplement "E_SUPPLEMENT" "3002" { zh "需补正" en "something is missing" fix_zh "补正后重报" fix_en "supplement it and send again" }
    EReturned "E_RETURNED" "3003" { zh "退件" en "returned" fix_zh "见对方说明" fix_en "see what the department says" }
    EDenied "E_DENIED" "3004" { zh "不予许可" en "denied" fix_zh "见对方说明" fix_en "see what the department says" }
    ERetryLater "E_RETRY_LATER" "9001" { zh "对方要求稍后再试" en "the other side asks to try later" fix_zh "系统会自动重试" fix_en "it is tried again by itself" }
    EOther "E_OTHER" "9999" { zh "{detail}" en "{detail}" fix_zh "见对方说明" fix_en "see what the other side says" }

    // --- accepted and flagged
    WPilot "W_PILOT" "" { zh "“{column}”是早期试点代码" en "\"{column}\" is an early pilot code" fix_zh "" fix_en "" }
    WOrgCheck "W_ORG_CHECK" "" { zh "“{column}”内嵌的组织机构代码校验不符" en "the organisation code inside \"{column}\" fails its check" fix_zh "" fix_en "" }
    WCategory9 "W_CATEGORY9" "" { zh "“{column}”使用“其他”类别" en "\"{column}\" uses the category \"other\"" fix_zh "" fix_en "" }
    WLegacy15 "W_LEGACY15" "" { zh "“{column}”是15位旧身份证号" en "\"{column}\" is a 15-digit identity number of the old kind" fix_zh "" fix_en "" }
    WLegacy13 "W_LEGACY13" "" { zh "“{column}”是13位旧注册号" en "\"{column}\" is a 13-digit registration number of the old kind" fix_zh "" fix_en "" }
    WXVariant "W_X_VARIANT" "" { zh "“{column}”末位的X由相似字符规范而来" en "the final X of \"{column}\" was written with a look-alike" fix_zh "" fix_en "" }
    WPadded "W_PADDED" "" { zh "“{column}”补回了丢失的前导零" en "leading zeros of \"{column}\" were restored" fix_zh "由来源把该列设为文本格式" fix_en "have the source format the column as text" }
    WNumCell "W_NUM_CELL" "" { zh "“{column}”来自数字单元格" en "\"{column}\" came from a numeric cell" fix_zh "由来源把该列设为文本格式" fix_en "have the source format the column as text" }
    WNumDate "W_NUM_DATE" "" { zh "“{column}”的日期以数字保存" en "the date in \"{column}\" was stored as a number" fix_zh "由来源按年-月-日填写" fix_en "have the source write it year first, as a date" }
    WTimeDropped "W_TIME_DROPPED" "" { zh "“{column}”的时间部分未取" en "the time of day in \"{column}\" was dropped" fix_zh "核对日期；由来源去掉时间部分" fix_en "check the day; have the source leave the time out" }
    WPua "W_PUA" "" { zh "“{column}”含自造字{point}" en "\"{column}\" holds the private character {point}" fix_zh "如需外发，请来源改用标准字；否则无需处理" fix_en "have the source write the standard character if it is to leave; otherwise nothing to do" }
    WPuaFixed "W_PUA_FIXED" "" { zh "“{column}”的旧编码字已换为标准字" en "a character of \"{column}\" was moved from its old private code to its standard one" fix_zh "无需处理；来源改用新标准字即不再提示" fix_en "nothing to do; it is no longer told once the source writes the standard character" }
    WEol "W_EOL" "" { zh "换行符与约定不同" en "the line ends are not those agreed" fix_zh "来源按约定换行即不再提示；长期不同时由管理员改配置" fix_en "have the source end lines as agreed, or change the configuration if it never does" }
    WFormula "W_FORMULA" "" { zh "“{column}”是公式算出的值，按存盘时的结果读取" en "\"{column}\" is the result of a formula; it was read as it was saved" fix_zh "由来源以数值提供" fix_en "have it provided as a value" }
    WHidden "W_HIDDEN" "" { zh "工作簿中有隐藏的{detail}" en "the workbook hides something: {detail}" fix_zh "隐藏的行列照常读取，隐藏的工作表不读；请与来源核对" fix_en "hidden rows and columns are read like others, hidden sheets are not; check with the source" }
    WDeletedRows "W_DELETED_ROWS" "" { zh "{count}行带删除标记，未取" en "{count} rows carry the deletion mark and were not taken" fix_zh "与来源核对这些行确已作废；仍有效的请恢复后重发" fix_en "make sure with the source that they are void; have those that are not restored and sent again" }
    WExtraColumn "W_EXTRA_COLUMN" "" { zh "多出的列“{column}”未取" en "the extra column \"{column}\" was not taken" fix_zh "由来源去掉多余的列；需要时先改配置" fix_en "have the source leave the column out, or configure it if it is needed" }
    WCodePage "W_CODE_PAGE" "" { zh "文件声明的代码页{found}与约定不同，按约定的{encoding}读取" en "the file declares code page {found}; it was read as the agreed {encoding}" fix_zh "核对几个汉字；由来源写明正确的代码页" fix_en "look at a few characters; have the source declare the right page" }
    ESequenceGap "E_SEQUENCE_GAP" "1003" { zh "编号不连续：缺{missing}，之后收到的是{found}" en "numbers are missing: {missing}, before {found} came" fix_zh "向对方值班人员索要；到件后或确认不再来，用 refused drop 销账" fix_en "ask their duty officer for it; once it came, or is known not to come, close this with refused drop" }
    ESequenceHeld "E_SEQUENCE_HELD" "1003" { zh "前面缺{missing}，{found}暂不接收" en "{missing} before it is missing; {found} is not taken yet" fix_zh "先导入所缺的批次；确认不再来的，用 disk import 目录 --past-gaps 接收" fix_en "import what is missing first; where it will not come, disk import DIR --past-gaps" }
    ETakenTwice "E_TAKEN_TWICE" "1005" { zh "批次{number}被两处接收：先是{first}，又有{second}" en "batch {number} was taken in twice: as {first}, and as {second}" fix_zh "两处都会办理：联系对方，只留一处，另一处停办并说明" fix_en "both will work on it: have one of them keep it and the other stop" }
    WReturnMissing "W_RETURN_MISSING" "" { zh "回执缺少我方所发的{count}条，首个为第{first}条" en "{count} records we sent are missing from the return; the first is record {first}" fix_zh "向对方查询后认定（settle），这些记录仍在等待" fix_en "ask the department, then settle; they still wait" }
    WReturnExtra "W_RETURN_EXTRA" "" { zh "回执多出{count}条我方没有发过的记录" en "{count} rows of the return answer nothing we sent" fix_zh "未入账；请对方核对" fix_en "nothing of them was taken in; let the department check" }
    WReturnTwice "W_RETURN_TWICE" "" { zh "回执中{count}条重复" en "{count} rows of the return stand there twice" fix_zh "只计首条；请对方核对" fix_en "only the first of each counts; let the department check" }
    WPlainReturn "W_PLAIN_RETURN" "" { zh "回盘未加密，已收" en "the return came in clear, and was taken" fix_zh "下次请加密：{how}；确实不能加密时由管理员设 plain_returns = \"原因\"" fix_en "encrypt the next one: {how}; where that is impossible let the administrator set plain_returns = \"reason\"" }
    WSmSoftware "W_SM_SOFTWARE" "" { zh "国密算法由软件实现，不能代替经认证的密码模块" en "the national algorithms are done in software, which does not replace a certified module" fix_zh "须通过密码应用安全性评估的，数据由经认证的密码机或密码模块加密后再交换" fix_en "where an assessment of cryptography must be passed, have a certified device or module encrypt the data before it is exchanged" }
    WUnlistedFile "W_UNLISTED_FILE" "" { zh "盘上多出未列入清单的文件{file}，未取" en "the file {file} is not listed in the manifest and was not taken" fix_zh "" fix_en "" }

    // --- channels
    CUnreachable "C_UNREACHABLE" "" { zh "连不上{endpoint}：{detail}" en "cannot reach {endpoint}: {detail}" fix_zh "检查网络、地址和对方服务；系统会自动重试" fix_en "check network, address and the other service; it is tried again by itself" }
    CTimeout "C_TIMEOUT" "" { zh "{endpoint}在{limit}内没有答复" en "{endpoint} did not answer within {limit}" fix_zh "系统会先查询结果，不会盲目重发" fix_en "the node asks for the outcome first; it never sends blindly again" }
    CAuth "C_AUTH" "" { zh "{endpoint}拒绝了凭据" en "{endpoint} refused the credentials" fix_zh "已停止重试以免锁号；看凭据{setting}是否过期、账号是否被锁，更换后执行 tanghulu check，通过即恢复" fix_en "retries stopped so as not to lock the account: are the credentials {setting} expired, or is it locked? Replace them, then run tanghulu check: the channel goes on once it is well" }
    CHostKey "C_HOST_KEY" "" { zh "{endpoint}的主机密钥变了：应为{expected}，实为{found}" en "the host key of {endpoint} changed: {expected} expected, {found} found" fix_zh "已停止连接。与对方电话核对指纹；确系对方更换的：channel trust 部门 --fingerprint {found}" fix_en "nothing is sent there. Compare the fingerprint with the other side by telephone; if they changed it: channel trust DEPT --fingerprint {found}" }
    CTls "C_TLS" "" { zh "{endpoint}的证书不可信：{detail}" en "the certificate of {endpoint} is not trusted: {detail}" fix_zh "核对证书和CA文件{setting}" fix_en "check the certificate and the CA file {setting}" }
    CNoTls "C_NO_TLS" "" { zh "{endpoint}没有TLS，不以明文连接" en "{endpoint} offers no TLS, and nothing is sent there readable" fix_zh "请对方开启TLS；确属专线并经负责人同意的，设 database.tls = \"disable\"" fix_en "have TLS switched on there; where the line is private and that was agreed: database.tls = \"disable\"" }
    CBusy "C_BUSY" "" { zh "{endpoint}要求稍后再试" en "{endpoint} asks to try later" fix_zh "系统会自动重试" fix_en "it is tried again by itself" }
    CProtocol "C_PROTOCOL" "" { zh "{endpoint}的答复不符合接口约定：{detail}" en "{endpoint} answered outside the agreed interface: {detail}" fix_zh "向对方核实接口" fix_en "ask the other side about the interface" }
    CPlace "C_PLACE" "" { zh "{path}不可用：{detail}" en "{path} cannot be used: {detail}" fix_zh "检查目录、权限和剩余空间" fix_en "check the directory, its permissions and the free space" }
    CConflict "C_CONFLICT" "" { zh "{path}处已有同名而内容不同的文件" en "another file of that name stands at {path}" fix_zh "查明来历后移走；系统不覆盖" fix_en "find out where it comes from and move it; nothing is overwritten" }
    CNotPossible "C_NOT_POSSIBLE" "" { zh "这种方式做不到：{detail}" en "this mode cannot do that: {detail}" fix_zh "改用其他通道" fix_en "use another rung" }
    COldClaim "C_OLD_CLAIM" "" { zh "{file}已被{owner}认领{age}未处理" en "{file} was claimed by {owner} {age} ago and is not done" fix_zh "确认对方停用后：channel take-over" fix_en "once the other node is known to be gone: channel take-over" }

    CWaits "C_WAITS" "" { zh "{file}已等待{age}仍不完整：{detail}" en "{file} has been incomplete for {age}: {detail}" fix_zh "请对方补齐或撤走；长期如此时核对ready的约定" fix_en "have the other side complete it or take it away; if this goes on, check what was agreed as ready" }
    CHeldBack "C_HELD_BACK" "" { zh "{file}已等待{age}：前面缺编号{missing}" en "{file} has waited {age}: number {missing} before it is missing" fix_zh "向对方索要缺号文件；等满{limit}后照常接收并列入refused list" fix_en "ask the other side for it; after {limit} the file is taken all the same and the gap is listed (refused list)" }
    CVanished "C_VANISHED" "" { zh "{file}认领后不见了，没有读到" en "{file} vanished after it was claimed and before it was read" fix_zh "检查防病毒软件、其他取件程序，以及是否被另一节点接管；都不是则请对方重发" fix_en "look at virus scanners, other programs that fetch files, and whether another node took it over; otherwise ask for it to be sent again" }
    CDenied "C_DENIED" "" { zh "没有权限：{path}" en "permission denied: {path}" fix_zh "恢复本节点账户对目录和文件的权限；系统会自动重试" fix_en "give the node's account back its rights on directory and file; it is tried again by itself" }
    CShort "C_SHORT" "" { zh "本机资源不足：{detail}" en "this machine is short: {detail}" fix_zh "提高文件句柄等上限（LimitNOFILE），查明是谁占用；系统会自动重试" fix_en "raise the limits (LimitNOFILE) and find out who uses them up; it is tried again by itself" }
    CFeedGone "C_FEED_GONE" "9999" { zh "批次{name}已收下，但其数据流{feed}已不在配置中，尚未生效的行不能处理" en "batch {name} was accepted, but its feed {feed} is no longer configured: rows of it that had no effect cannot be taken" fix_zh "恢复该数据流的配置并重启；不再需要的：refused drop {id}，尚未生效的行逐行列为被拒" fix_en "configure the feed again and restart; where it is not wanted any more: refused drop {id}, and each of those rows is listed as refused" }
    CBroken "C_BROKEN" "" { zh "通道程序出错中断，未完成的事没有算作完成" en "the channel's program broke off; what was under way does not count as done" fix_zh "把日志中 panicked 一行交给开发人员；check 通过后通道自动继续" fix_en "give the developers the line of the log that says panicked; the channel goes on once check passes" }
    CTakenOver "C_TAKEN_OVER" "" { zh "{file}已被另一节点接管，本节点没有处理" en "{file} was taken over by another node; nothing of it was done here" fix_zh "无需处理；若本节点并未停用，请查明是谁执行了 channel take-over" fix_en "nothing to do; if this node was never out of use, find out who ran channel take-over" }

    // --- a channel's own settings
    SHands "S_HANDS" "" { zh "复核至少要{needed}人，现在只有{found}人可以录入或复核" en "proving what was keyed needs {needed} people, and only {found} may key or prove" fix_zh "用 user add 增加账户，或把 verify 改为 \"rekey_later\"" fix_en "add accounts with user add, or say verify = \"rekey_later\"" }
    SChannelSetting "S_CHANNEL_SETTING" "" { zh "通道设置{setting}：{detail}" en "channel setting {setting}: {detail}" fix_zh "改正[channel.settings]中的{setting}" fix_en "correct {setting} in [channel.settings]" }
    SPlain "S_PLAIN" "" { zh "导盘须加密，或写明为何不加密：recipients 与 plain 恰写一项（{setting}）" en "sets are encrypted, or somebody says why not: give exactly one of recipients and plain ({setting})" fix_zh "写上对方的公钥 recipients = [\"age1…\"]（suite = \"sm\" 时为SM2公钥）；对方确实不能解密时，由负责人同意后写 plain = \"原因\"" fix_en "give the department's public key, recipients = [\"age1…\"] (with suite = \"sm\" an SM2 key); where it cannot decrypt, have that agreed and write plain = \"reason\"" }

    // --- ledger
    LHeld "L_HELD" "" { zh "数据目录{path}正被进程{pid}使用" en "the data directory {path} is held by process {pid}" fix_zh "停止该进程，或通过它执行命令" fix_en "stop that process, or ask it" }
    LDamaged "L_DAMAGED" "" { zh "日志在{place}处损坏：{detail}" en "the journal is damaged at {place}: {detail}" fix_zh "不要删除任何文件；用备份核对（ledger verify）" fix_en "delete nothing; compare with a backup (ledger verify)" }
    LKey "L_KEY" "" { zh "密钥{path}不能打开这个账本" en "the key {path} does not open this ledger" fix_zh "换上创建该账本时的密钥" fix_en "use the key the ledger was made with" }
    LNewer "L_NEWER" "" { zh "账本格式{found}比程序{known}新" en "the ledger's format {found} is newer than this program's {known}" fix_zh "使用较新的程序；账本未作改动" fix_en "use a newer program; nothing was changed" }
    LWrite "L_WRITE" "" { zh "账本不能写入：{detail}" en "the ledger cannot be written: {detail}" fix_zh "检查磁盘；进程已停止，重启后从账本继续" fix_en "check the disk; the process stopped and goes on from the ledger after a restart" }

    LArchive "L_ARCHIVE" "" { zh "归档文件{path}不可用：{detail}" en "the archive {path} cannot be used: {detail}" fix_zh "换另处保存的一份；ledger verify 文件 可核对" fix_en "take the copy that is kept elsewhere; ledger verify FILE checks one" }
    LNeeded "L_NEEDED" "" { zh "办件{case_no}的数据还不能抹去：{why}" en "the data of case {case_no} must stay for now: {why}" fix_zh "了结后再来；why CASE_NO 看它在等什么" fix_en "settle it first; why CASE_NO says what it waits for" }
    LAnchor "L_ANCHOR" "" { zh "签名链头{head}不能用来核对：{detail}" en "the signed head {head} cannot be compared with: {detail}" fix_zh "用本账本交出的回执或对账单；公钥见 ledger stats" fix_en "use a receipt or sheet that this ledger gave; ledger stats shows the public key" }
    LDoubt "L_DOUBT" "" { zh "账本存疑，一概不外发（{why}）" en "the ledger is in doubt and sends nothing ({why})" fix_zh "查明后恢复：ledger resume 列出已知情况，ledger resume --reason 原因 恢复" fix_en "find out, then go on: ledger resume shows what is known, ledger resume --reason R goes on" }
    LRestored "L_RESTORED" "" { zh "账本由备份{from}恢复，只记到{until}；此后的收发账本一无所知" en "the ledger was restored from the backup {from} and knows nothing after {until}" fix_zh "请平台重报此后的办件，把此后收过的文件重新放入；收齐之后再 ledger resume" fix_en "have the platform post again what it posted since, and put the files that came since back in their places; when all that has been taken in: ledger resume" }
    LOlder "L_OLDER" "" { zh "{who}见过的账本比这里新：{what}" en "{who} has seen more of this ledger than there is here: {what}" fix_zh "这份数据是旧的，先找最新的一份；确实没有了，请平台重报、部门重送，收齐之后再 ledger resume" fix_en "this data is old: look for the latest first; where there is none, have platform and departments send again what they sent since, and when all of it has been taken in: ledger resume" }
    LForked "L_FORKED" "" { zh "{who}见过的账本与这里不是同一份：{what}" en "{who} has seen another course of this ledger than there is here: {what}" fix_zh "可能有两台机器同时运行，或数据恢复后继续用过：只留一台，查明哪一份有效，再 ledger resume" fix_en "two machines may be running on copies, or one was restored and went on: leave one of them, find out which is right, then ledger resume" }
    LMoved "L_MOVED" "" { zh "账本上次在另一台机器上运行（{before}），现在在{now}" en "the ledger last ran on another machine ({before}); this is {now}" fix_zh "确认那台机器已停用、数据是它最后的一份，再 ledger resume --nothing-lost；不是最后一份则不写 --nothing-lost" fix_en "make sure that machine is out of use and this is its last data, then ledger resume --nothing-lost; leave that out where it is not the last" }
    LBackup "L_BACKUP" "" { zh "备份不完整或被改动：{detail}" en "the backup is not whole, or was changed: {detail}" fix_zh "换另一份备份；未作任何改动" fix_en "use another backup; nothing was changed" }
    LNotEmpty "L_NOT_EMPTY" "" { zh "数据目录{path}不是空的" en "the data directory {path} is not empty" fix_zh "停止节点，把原数据移到别处保存，再恢复" fix_en "stop the node, move what lies there to another place and keep it, then restore" }
    LExists "L_EXISTS" "" { zh "{path}已经存在；备份从不覆盖" en "{path} is there already; a backup never replaces anything" fix_zh "换一个名称" fix_en "give it another name" }
    LFull "L_FULL" "" { zh "账本写不下：{detail}；不再接收和更改，查询照常" en "the ledger finds no room: {detail}; nothing more is taken in or changed, questions are answered" fix_zh "腾出磁盘空间，或使其恢复可写；随后自动继续，无需重启" fix_en "make room on the disk, or make it writable again; work goes on by itself, without a restart" }

    // --- a verb's call
    VNotFound "V_NOT_FOUND" "" { zh "没有找到{what}" en "{what} was not found" fix_zh "核对编号" fix_en "check the number" }
    VState "V_STATE" "" { zh "现在不能这样做：{detail}" en "that cannot be done now: {detail}" fix_zh "先看它的现状（show、why）" fix_en "look at it first (show, why)" }
    VStopping "V_STOPPING" "" { zh "节点正在停止，没有答复；这件事是否已生效还不知道" en "the node is stopping and gave no answer; whether this took effect is not known" fix_zh "节点恢复后先看现状（show、why），没有生效的再做一次" fix_en "once the node is back look first (show, why), and do it again where it had no effect" }
    VPerson "V_PERSON" "" { zh "需要写明是谁：--as 姓名，须在 [people] 中" en "say who acts: --as NAME, one of [people]" fix_zh "在 tanghulu.toml 的 [people] 中登记" fix_en "list the person under [people] in tanghulu.toml" }
    VSamePerson "V_SAME_PERSON" "" { zh "须由另一人进行，不能仍是{person}" en "another person than {person} must do this" fix_zh "请另一人执行" fix_en "ask somebody else" }
    VRight "V_RIGHT" "" { zh "{person}的角色不允许这样做" en "no role of {person} allows this" fix_zh "由有权的人员办理，或请安全管理员调整角色" fix_en "let somebody do it whose role allows it, or ask the security administrator" }
    VAccount "V_ACCOUNT" "" { zh "{name}没有账户，或该账户不属于调用者的uid" en "{name} has no account, or it is not that of the calling uid" fix_zh "用 user list 核对账户；命令行账户须写明 --uid" fix_en "look at user list; an account for the command line has a --uid" }
    VRoles "V_ROLES" "" { zh "系统管理员、安全管理员、审计员不得由一人兼任" en "nobody is two of system administrator, security administrator and auditor" fix_zh "分给不同的人" fix_en "give these roles to different people" }
    VFirstAccount "V_FIRST_ACCOUNT" "" { zh "须始终有一个写明 --uid 的安全管理员账户，第一个账户就是它" en "there is always a security administrator with a --uid, and the first account is one" fix_zh "先建 --role security_administrator --uid 号码" fix_en "add one with --role security_administrator --uid NUMBER first" }
    VLogin "V_LOGIN" "" { zh "姓名、口令或验证码不对" en "name, password or code is not right" fix_zh "重新输入；忘记口令请找安全管理员" fix_en "type them again; if the password is forgotten ask the security administrator" }
    VLocked "V_LOCKED" "" { zh "登录失败过多，{seconds}秒后再试" en "too many failed logins; try again in {seconds} seconds" fix_zh "等待，或请安全管理员重发一次性口令" fix_en "wait, or ask the security administrator for a new token" }
    VPassword "V_PASSWORD" "" { zh "口令不合要求：{detail}" en "this password is not good enough: {detail}" fix_zh "换一个更长、更难猜的" fix_en "choose one that is longer and harder to guess" }
    VReason "V_REASON" "" { zh "需要写明原因：--reason" en "a reason is needed: --reason" fix_zh "加上 --reason" fix_en "add --reason" }
    VClaimed "V_CLAIMED" "" { zh "{person}正在处理，至{until}" en "{person} is working on it until {until}" fix_zh "等待，或请其交回" fix_en "wait, or ask for it back" }
    VLease "V_LEASE" "" { zh "领取已过期" en "the claim has expired" fix_zh "重新领取；先查是否已录入过" fix_en "claim it again; look first whether it was keyed already" }
    VFingerprint "V_FINGERPRINT" "" { zh "对方现在出示的主机密钥是{found}，不是{given}" en "the host key that the other side shows is {found}, not {given}" fix_zh "与对方电话核对；指纹对不上就不要信任" fix_en "compare it with the other side by telephone; trust nothing that differs" }
    VTrusted "V_TRUSTED" "" { zh "{channel}的主机密钥没有变化，无需处理" en "the host key of {channel} has not changed; there is nothing to trust" fix_zh "看 check" fix_en "see check" }
    VNoKey "V_NO_KEY" "" { zh "{channel}没有主机密钥" en "{channel} has no host key" fix_zh "只有SFTP通道有主机密钥；看 check" fix_en "only SFTP channels have one; see check" }
    VCall "V_CALL" "" { zh "命令写法不对：{detail}" en "the call is wrong: {detail}" fix_zh "看 --help" fix_en "see --help" }
    LRead "L_READ" "" { zh "账本不能读取：{detail}" en "the ledger cannot be read: {detail}" fix_zh "检查目录、权限和磁盘；未作改动" fix_en "check directory, permissions and disk; nothing was changed" }

    // --- configuration
    SSyntax "S_SYNTAX" "" { zh "不是有效的TOML：{detail}" en "not valid TOML: {detail}" fix_zh "改正标出的位置；字符串加引号，括号成对" fix_en "correct the marked place: quote strings, close brackets" }
    SFile "S_FILE" "" { zh "不能读取{path}：{detail}" en "cannot read {path}: {detail}" fix_zh "检查文件是否存在、权限和UTF-8编码" fix_en "check that the file is there, may be read and is UTF-8" }
    STooMany "S_TOO_MANY" "" { zh "本文件错误超过{limit}处，其余未列" en "more than {limit} errors in this file; the rest is not listed" fix_zh "改正已列出的，再检查一次" fix_en "correct those listed and check again" }
    SUnknownKey "S_UNKNOWN_KEY" "" { zh "不认识的键“{name}”" en "unknown key \"{name}\"" fix_zh "这里可用：{known}" fix_en "known here: {known}" }
    SMissingKey "S_MISSING_KEY" "" { zh "缺少“{name}”" en "\"{name}\" is missing" fix_zh "在这张表中加上“{name}”" fix_en "add \"{name}\" to this table" }
    SType "S_TYPE" "" { zh "类型不对：这里是{found}，应为{expected}" en "wrong type: {found} stands here, {expected} is expected" fix_zh "改写成{expected}" fix_en "write {expected}" }
    SValue "S_VALUE" "" { zh "这个值不能用：{detail}" en "this value cannot be used: {detail}" fix_zh "按说明改写这个值" fix_en "write the value as described" }
    SWord "S_WORD" "" { zh "不认识的词“{name}”" en "unknown word \"{name}\"" fix_zh "可用：{known}" fix_en "one of: {known}" }
    SDuration "S_DURATION" "" { zh "“{name}”不是时长" en "\"{name}\" is not a length of time" fix_zh "数字加单位：ms、s、m、h、d，如“10m”" fix_en "a number and a unit: ms, s, m, h, d, as in \"10m\"" }
    SSize "S_SIZE" "" { zh "“{name}”不是大小" en "\"{name}\" is not a size" fix_zh "数字加单位：B、KiB、MiB、GiB，如“64 MiB”" fix_en "a number and a unit: B, KiB, MiB, GiB, as in \"64 MiB\"" }
    SLimit "S_LIMIT" "" { zh "“{name}”不是办理时限" en "\"{name}\" is not a time limit" fix_zh "写“8 working days”（工作日）或“30 calendar days”（自然日）" fix_en "write \"8 working days\" or \"30 calendar days\": the unit is part of the limit" }
    SDays "S_DAYS" "" { zh "“{name}”不是保存期限" en "\"{name}\" does not say for how long something is kept" fix_zh "写天数，如“1095 days”" fix_en "write a number of days, as in \"1095 days\"" }
    SKeepShort "S_KEEP_SHORT" "" { zh "审计记录只保存{days}天，不足{floor}天" en "evidence is kept for {days} days only, less than {floor}" fix_zh "至少写“{floor} days”：网络安全法要求网络日志留存不少于六个月" fix_en "write \"{floor} days\" or more: by the Cybersecurity Law logs are kept for no less than six months" }
    SSyslog "S_SYSLOG" "" { zh "“{name}”不是syslog的去处" en "\"{name}\" is no place for syslog messages" fix_zh "写成“unix:/dev/log”或“udp:10.1.2.3:514”（IP地址和端口）" fix_en "write it like \"unix:/dev/log\" or \"udp:10.1.2.3:514\" (an IP address and a port)" }
    SOffset "S_OFFSET" "" { zh "“{name}”不是时差" en "\"{name}\" is not an offset from UTC" fix_zh "写成“+08:00”" fix_en "write it like \"+08:00\"" }
    SItemType "S_ITEM_TYPE" "" { zh "“{name}”不是指标项类型" en "\"{name}\" is not an item type" fix_zh "C加字符数、N加总位数.小数位、或D：如C100、N16.6、D" fix_en "C and characters, N and digits.decimals, or D: C100, N16.6, D" }
    SUnknownItem "S_UNKNOWN_ITEM" "" { zh "字典中没有指标项“{name}”" en "the dictionary has no item \"{name}\"" fix_zh "改正名称，或先在 dictionary.toml 中登记" fix_en "correct the name, or add it to dictionary.toml first" }
    SUnknownMatter "S_UNKNOWN_MATTER" "" { zh "没有事项“{name}”" en "there is no matter \"{name}\"" fix_zh "写全名：部门.事项" fix_en "write the full name: department.matter" }
    SUnknownLayout "S_UNKNOWN_LAYOUT" "" { zh "本部门没有版式“{name}”" en "this department has no layout \"{name}\"" fix_zh "改正名称，或加一个 [[layout]]" fix_en "correct the name, or add a [[layout]]" }
    SUnknownCodes "S_UNKNOWN_CODES" "" { zh "没有对照表“{name}”" en "there is no code table \"{name}\"" fix_zh "改正名称，或加 codes/{name}.toml" fix_en "correct the name, or add codes/{name}.toml" }
    SUnknownTransform "S_UNKNOWN_TRANSFORM" "" { zh "没有转换“{name}”" en "there is no transform \"{name}\"" fix_zh "可用：{known}" fix_en "one of: {known}" }
    STransformArg "S_TRANSFORM_ARG" "" { zh "转换“{name}”的参数不对：{detail}" en "transform \"{name}\": {detail}" fix_zh "参数写在冒号之后，如“date:%Y-%m-%d”" fix_en "the argument stands after a colon, as in \"date:%Y-%m-%d\"" }
    SExpr "S_EXPR" "" { zh "表达式不能用：{detail}" en "the expression cannot be used: {detail}" fix_zh "只有文本、名称、~、比较、if/else和少数过滤器；没有算术" fix_en "texts, names, ~, comparisons, if/else and a few filters are all there is; no arithmetic" }
    SExprName "S_EXPR_NAME" "" { zh "表达式中的“{name}”没有来处" en "nothing gives the expression \"{name}\"" fix_zh "可用：{known}" fix_en "one of: {known}" }
    STest "S_TEST" "" { zh "自测“{name}”不符：{key} 应为“{expected}”，实为“{found}”" en "test \"{name}\" fails: {key} should be \"{expected}\" and is \"{found}\"" fix_zh "改正版式；约定变了则改自测" fix_en "correct the layout, or the test where the agreement changed" }
    STestName "S_TEST_NAME" "" { zh "自测不能给出“{name}”" en "a test cannot give or expect \"{name}\"" fix_zh "可用：{known}" fix_en "one of: {known}" }
    SUnknownCheck "S_UNKNOWN_CHECK" "" { zh "没有校验“{name}”" en "there is no check \"{name}\"" fix_zh "可用：{known}" fix_en "one of: {known}" }

    STwice "S_TWICE" "" { zh "“{name}”重复，首见{first}" en "\"{name}\" stands here a second time; first at {first}" fix_zh "删去一个，或改名" fix_en "remove one, or rename it" }
    SFileName "S_FILE_NAME" "" { zh "文件名与其中的“{name}”不一致" en "the file is not called after its \"{name}\"" fix_zh "文件应为{expected}" fix_en "call the file {expected}" }
    SNotInverse "S_NOT_INVERSE" "" { zh "字段“{name}”的两个方向不互逆" en "the two directions of field \"{name}\" do not undo each other" fix_zh "应为 {expected}" fix_en "expected {expected}" }
    SNoInverse "S_NO_INVERSE" "" { zh "转换“{transform}”不可逆，字段“{name}”却要写也要读" en "transform \"{transform}\" cannot be undone, but field \"{name}\" is written and read" fix_zh "为读写各用一个版式" fix_en "use one layout for writing and one for reading" }
    SMeaning "S_MEANING" "" { zh "字段“{name}”须恰有 item、const、is、expr 之一" en "field \"{name}\" needs exactly one of item, const, is, expr" fix_zh "只留一个；不用的列写 is = \"ignored\"" fix_en "keep one; a column that is not used says is = \"ignored\"" }
    SNeedsField "S_NEEDS_FIELD" "" { zh "版式“{name}”缺少 {field} 字段，不能用于{role}" en "layout \"{name}\" has no field that is {field}, so it cannot serve {role}" fix_zh "加一个字段，写明 {field}" fix_en "add a field that is {field}" }
    SStatusTotal "S_STATUS_TOTAL" "" { zh "版式“{name}”的结果对照不全：没有{missing}" en "the status words of layout \"{name}\" are not complete: nothing means {missing}" fix_zh "在 [layout.status] 中补上部门的用词" fix_en "add the department's word under [layout.status]" }
    SFieldName "S_FIELD_NAME" "" { zh "“{name}”不能作DBF字段名" en "\"{name}\" cannot be a DBF field name" fix_zh "1至10个字节，字母开头，只用大写字母、数字、下划线" fix_en "1 to 10 bytes, a letter first, then capital letters, digits, underscore" }
    SNotAgreed "S_NOT_AGREED" "" { zh "共享协议{agreement}不含“{item}”，版式“{layout}”却要外发" en "agreement {agreement} does not list \"{item}\", but layout \"{layout}\" sends it" fix_zh "修订协议并加入 items，或从版式中去掉" fix_en "amend the agreement and its items, or take the field out" }
    SOwnerTwice "S_OWNER_TWICE" "" { zh "企业类别{class}中“{item}”由两个事项给出：{first}、{second}" en "for class {class} two matters give \"{item}\": {first} and {second}" fix_zh "一个指标项只有一个来源；改 gives 或 applies" fix_en "an item has one owner: change gives or applies" }
    SNeedUngiven "S_NEED_UNGIVEN" "" { zh "企业类别{class}中没有谁给出{matter}所需的“{item}”（{givers}）" en "for class {class} nobody gives \"{item}\", which {matter} needs ({givers})" fix_zh "改 applies、needs，或由平台提供" fix_en "change applies or needs, or let the hub provide it" }
    SCycle "S_CYCLE" "" { zh "事项互相等待（企业类别{class}）：{cycle}" en "matters wait for each other (class {class}): {cycle}" fix_zh "去掉其中一个 needs 或 after" fix_en "remove one of the needs or after" }
    SUnpromised "S_UNPROMISED" "" { zh "{matter}计入承诺时限，却要等不计入的{other}" en "{matter} is promised but waits for {other}, which is not" fix_zh "去掉其中一个 promised = false，或改 needs、after" fix_en "take back promised = false, or change needs or after" }
    SForeignMatter "S_FOREIGN_MATTER" "" { zh "事项“{name}”不属于部门{dept}" en "matter \"{name}\" does not belong to department {dept}" fix_zh "事项写作 {dept}.名称" fix_en "a matter is called {dept}.something" }
    SPattern "S_PATTERN" "" { zh "“{name}”不是企业类别的式样" en "\"{name}\" is not a pattern over the class of enterprise" fix_zh "六个字符，任意一位写?，且至少符合一个类别" fix_en "six characters, ? for any; it must fit at least one class" }
    SNoChannel "S_NO_CHANNEL" "" { zh "没有通道能为{matter}做“{op}”" en "no channel can do \"{op}\" for {matter}" fix_zh "在 layouts 和 ops 中加上，人工通道也可以" fix_en "add it to layouts and ops; the manual rung will do" }
    SSchedule "S_SCHEDULE" "" { zh "时间安排须恰有 at_once、every、cron、on_request 之一" en "a schedule needs exactly one of at_once, every, cron, on_request" fix_zh "只留一个；workdays_only 只与 cron 同用" fix_en "keep one; workdays_only goes with cron only" }
    SCron "S_CRON" "" { zh "cron“{name}”不成立：{detail}" en "cron \"{name}\" does not hold: {detail}" fix_zh "五段：分 时 日 月 星期，如“30 18 * * MON-FRI”" fix_en "five fields: minute hour day month weekday, as in \"30 18 * * MON-FRI\"" }
    SCronNumber "S_CRON_NUMBER" "" { zh "cron“{name}”用数字写星期" en "cron \"{name}\" writes weekdays as numbers" fix_zh "数字在各种cron中所指不同（0或1都可能是星期日）；写 MON、TUE、…、SUN" fix_en "numbers mean different days in different crons (Sunday is 0 in one, 1 in another); write MON, TUE, … SUN" }
    SCronBothDays "S_CRON_BOTH_DAYS" "" { zh "cron“{name}”同时限定日和星期" en "cron \"{name}\" limits both the day and the weekday" fix_zh "各种cron对此解释不同（且、或）；其中一个写*" fix_en "crons disagree whether that means and or or; write * for one of them" }
    SNoManual "S_NO_MANUAL" "" { zh "最后一级不是人工录入" en "the last rung is not manual" fix_zh "加一个 mode = \"manual\" 的通道，或写明 no_manual = \"原因\"" fix_en "add a channel with mode = \"manual\", or say no_manual = \"reason\"" }
    SSharedDirectory "S_SHARED_DIRECTORY" "" { zh "目录“{name}”已由{first}使用" en "directory \"{name}\" is already used by {first}" fix_zh "每个通道用自己的目录" fix_en "give each channel its own directory" }
    SSecretLiteral "S_SECRET_LITERAL" "" { zh "密钥不能直接写在配置中" en "a secret must not stand in the configuration" fix_zh "写引用：{ file = … }、{ env = … } 或 { credential = … }；已写出的密钥应更换" fix_en "write a reference: { file = … }, { env = … } or { credential = … }; change the secret that stood here" }
    SSecretOne "S_SECRET_ONE" "" { zh "密钥引用须恰有 file、env、credential 之一" en "a reference to a secret needs exactly one of file, env, credential" fix_zh "只留一个" fix_en "keep one" }
    SKeyReadable "S_KEY_READABLE" "" { zh "密钥文件{path}可被他人读取（权限{mode}）" en "the key file {path} can be read by others (mode {mode})" fix_zh "chmod 600 {path}" fix_en "chmod 600 {path}" }
    WSharedUid "W_SHARED_UID" "" { zh "“{name}”与“{first}”使用同一uid {uid}，系统分不清是谁" en "\"{name}\" and \"{first}\" share uid {uid}: the system cannot tell them apart" fix_zh "为每人设一个操作系统账户" fix_en "give each person an account" }
    WAgreementExpired "W_AGREEMENT_EXPIRED" "" { zh "共享协议{agreement}已于{date}到期，将停止外发" en "agreement {agreement} expired on {date}; nothing will leave" fix_zh "续签后更新 expires" fix_en "renew it and update expires" }
    WCalendarMissing "W_CALENDAR_MISSING" "" { zh "没有{year}年的工作日历，期限将显示为未知" en "there is no calendar for {year}; deadlines will be unknown" fix_zh "放入 calendar/{year}.toml" fix_en "add calendar/{year}.toml" }

    // --- a call of the platform's interface
    AUnsigned "A_UNSIGNED" "" { zh "请求没有签名，或签名头不完整" en "the request is not signed, or a signature header is missing" fix_zh "按接口文档写齐四个签名头" fix_en "send the four signature headers the interface document names" }
    ASignature "A_SIGNATURE" "" { zh "签名不符，或没有这个密钥编号" en "the signature is wrong, or there is no such key" fix_zh "核对密钥编号、密钥和被签名的文本" fix_en "check the key id, the key and the signed text" }
    AStale "A_STALE" "" { zh "请求的时间不在允许范围内" en "the time of the request is outside the window" fix_zh "校准时钟，重新签名后再发" fix_en "set the clock right, sign again and send again" }
    AReplayed "A_REPLAYED" "" { zh "这个一次性编号已经用过" en "this nonce was used before" fix_zh "换一个编号，重新签名后再发" fix_en "take another nonce, sign again and send again" }
    ABusy "A_BUSY" "" { zh "同时进行的请求太多" en "too many requests at once" fix_zh "按Retry-After稍后重发同一请求" fix_en "send the same request again after Retry-After" }
    AUnavailable "A_UNAVAILABLE" "" { zh "节点暂时不能应答" en "the node cannot answer now" fix_zh "按Retry-After稍后重发同一请求，不会重复生效；仍不行请查节点日志" fix_en "send the same request again after Retry-After, it has no second effect; if that goes on, look at the node's log" }
    ASlow "A_SLOW" "" { zh "请求没有在{limit}内传完" en "the request did not arrive within {limit}" fix_zh "检查网络后重发同一请求" fix_en "check the network and send the same request again" }
    ACut "A_CUT" "" { zh "请求没有传完就中断了" en "the request broke off before its end" fix_zh "重发同一请求" fix_en "send the same request again" }
    ANoPath "A_NO_PATH" "" { zh "没有这个地址" en "there is no such path" fix_zh "见 /v1/openapi.json" fix_en "see /v1/openapi.json" }
    AMethod "A_METHOD" "" { zh "这个地址不接受这种方法" en "this path does not take that method" fix_zh "见 /v1/openapi.json" fix_en "see /v1/openapi.json" }
    AHeader "A_HEADER" "" { zh "请求头{name}写法不对" en "the header {name} is not written as agreed" fix_zh "见 /v1/openapi.json" fix_en "see /v1/openapi.json" }
    AHeadersTooLarge "A_HEADERS_TOO_LARGE" "" { zh "请求行和请求头合计超过{limit}字节" en "request line and headers exceed {limit} bytes" fix_zh "去掉不需要的请求头" fix_en "leave out the headers that are not needed" }
    AQuery "A_QUERY" "" { zh "查询参数不对：只有since和limit（1至1000）" en "the query is not as agreed: since and limit (1 to 1000) are all there is" fix_zh "见 /v1/openapi.json" fix_en "see /v1/openapi.json" }
    AMediaType "A_MEDIA_TYPE" "" { zh "正文须是未压缩的application/json" en "the body must be application/json, not packed" fix_zh "写Content-Type: application/json，不压缩" fix_en "send Content-Type: application/json and do not pack the body" }
    ATlsFile "A_TLS_FILE" "" { zh "监听证书文件{path}不可用：{detail}" en "the listener's certificate file {path} cannot be used: {detail}" fix_zh "核对文件、权限和内容（PEM）" fix_en "check the file, its permissions and its content (PEM)" }
    AListen "A_LISTEN" "" { zh "监听失败：{detail}" en "the listener failed: {detail}" fix_zh "检查监听地址和打开文件数上限" fix_en "check the address and the limit of open files" }
}
