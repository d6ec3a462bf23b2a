//! The platform: posts cases, changes its mind, answers 补正, withdraws, and asks again until it is answered.

use crate::sim::machine::Machine;
use crate::sim::node::Node;
use crate::sim::sheet::{self, Batch, Said};
use crate::sim::town::org_code;
use crate::sim::world::{HOUR, HubCase, MINUTE};
use async_trait::async_trait;
use engine::Plan;
use engine::verb::{Reply, Request};
use model::check;
use model::define::Channel;
use port::{
    Abilities, Adapter, Answer, Ask, BatchVerdict, Claim, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Parts,
    Prepared, Starts, Unencoded,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The hub's adapter: a flat object of the layout's field names.
pub struct Hub {
    /// Whose it is.
    pub machine: Arc<Machine>,
    /// The plan, for layouts.
    pub plan: Arc<Plan>,
    /// As configured.
    pub channel: Arc<Channel>,
}

#[async_trait]
impl Adapter for Hub {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Node,
            collects: false,
            queries: false,
            recalls: false,
        }
    }
    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }
    async fn collect(&self, _ask: &Ask) -> Result<Vec<Offer>, Fault> {
        Ok(Vec::new())
    }
    async fn receive(&self, parts: Parts) -> Result<Offer, Fault> {
        let Some(layout) = sheet::layout(&self.plan, "hub", &self.channel, &parts.feed) else {
            return Err(Fault::never("no such feed"));
        };
        let said: BTreeMap<String, String> =
            serde_json::from_slice(&parts.body).map_err(|_| Fault::never("no case"))?;
        let said: Said = said.into_iter().collect();
        let batch = Batch {
            feed: &parts.feed,
            name: "POST",
            number: None,
            answers: None,
            rows: &[said],
            position: None,
        };
        Ok(sheet::offer(batch, &layout))
    }
    async fn acknowledge(&self, _claim: &Claim, _answer: &Answer) -> Result<(), Fault> {
        Ok(())
    }
    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(sheet::encode(rows, numbers, &self.channel, &self.machine))
    }
    async fn deliver(&self, _batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        Err(Fault::never("nothing goes to the hub"))
    }
}

fn citizen_id(n: u32, good: bool) -> String {
    let body = format!("1101991976{:02}{:02}{:03}", n % 12 + 1, n % 28 + 1, n % 999 + 1);
    let digit = check::citizen_id::check_char(&body).unwrap_or('0');
    let wrong = if digit == '0' { '1' } else { '0' };
    format!("{body}{}", if good { digit } else { wrong })
}

/// Items that a case begins with.
fn items(n: u32, good: bool, long_name: bool) -> BTreeMap<String, String> {
    let name = if long_name {
        format!("北京模拟{n}号{}有限公司", "高新生物制剂研究开发".repeat(4))
    } else {
        format!("北京模拟{n}号生物制剂有限公司")
    };
    let items = [
        ("ent_name", name),
        ("ent_type", "150".to_owned()),
        ("org_code", org_code(500 + n)),
        ("eia_no", format!("海环审字〔2026〕{n}号")),
        ("addr", format!("北京市海淀区模拟路{n}号")),
        ("tel", "010-55550100".to_owned()),
        ("scope", "生物制剂的研究、开发".to_owned()),
        ("industry_code", "2760".to_owned()),
        ("main_product", "生物制剂".to_owned()),
        ("reg_capital", format!("{}.000000", 100 + n)),
        ("rep_name", "张模拟".to_owned()),
        ("rep_id_type", "111".to_owned()),
        ("rep_id_no", citizen_id(n, good)),
        ("rep_tel", "13800138000".to_owned()),
        ("apply_date", "2026-03-02".to_owned()),
    ];
    items.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

/// One post: what it says, and the items it changes once it is accepted.
struct Post {
    op: &'static str,
    matter: Option<String>,
    items: BTreeMap<String, String>,
}

/// One case's life at the platform.
struct Desk {
    node: Arc<Node>,
    case_no: String,
    n: u32,
    class: &'static str,
    posts: u32,
}

impl Desk {
    fn body(&self, post: &Post) -> Vec<u8> {
        let mut said = BTreeMap::from([("op", post.op.to_owned()), ("case_no", self.case_no.clone())]);
        match post.op {
            "submit" => drop(said.insert("ent_class", self.class.to_owned())),
            "withdraw" => drop(said.insert("reason", "申请人撤回".to_owned())),
            _ => {}
        }
        if let Some(matter) = &post.matter {
            said.insert("matter", matter.clone());
        }
        let mut said: BTreeMap<String, String> = said.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        said.extend(post.items.iter().map(|(k, v)| (format!("items.{k}"), v.clone())));
        serde_json::to_vec(&said).unwrap_or_default()
    }

    /// Posts until there is an answer, as a platform does. True where the row was accepted.
    async fn post(&mut self, post: &Post, number: Option<String>) -> (bool, String) {
        self.posts += 1;
        let number = number.unwrap_or_else(|| format!("{}-{}", self.n, self.posts));
        let body = self.body(post);
        let world = self.node.world.clone();
        loop {
            if self.node.machine.is_down("hub") {
                world.nap(MINUTE, 90 * MINUTE).await;
                continue;
            }
            match self.node.post(body.clone(), number.clone()).await {
                // Its line may go down before it has the answer.
                Some(Ok(_)) if world.fault(5) || self.node.machine.is_down("hub") => {
                    world.say(format!("the answer to post {number} is lost"))
                }
                Some(Ok(answer)) => {
                    let taken = matches!(answer.verdict, BatchVerdict::Accepted | BatchVerdict::Repeat);
                    let good = taken && answer.rows.other_than("0000").0 == 0;
                    world.say(format!(
                        "hub {} {} ({number}): {:?} good={good}",
                        post.op, self.case_no, answer.verdict
                    ));
                    return (good, number);
                }
                Some(Err(finding)) => world.say(format!("hub post {number}: {}", finding.code)),
                None => {}
            }
            world.nap(MINUTE, 90 * MINUTE).await;
        }
    }

    fn know(&self, change: impl FnOnce(&mut HubCase)) {
        change(self.node.world.lock().hub.entry(self.case_no.clone()).or_default());
    }

    async fn submit(&mut self, good: bool, long_name: bool) -> bool {
        let post = Post {
            op: "submit",
            matter: None,
            items: items(self.n, good, long_name),
        };
        // Departments build numbers from it, and may have the case before its sender hears that it was taken.
        let org_code = post
            .items
            .get_key_value("org_code")
            .map(|(k, v)| (k.clone(), v.clone()));
        self.know(|c| c.items.extend(org_code));
        let (accepted, number) = self.post(&post, None).await;
        let no_park = !self.class.ends_with('1');
        self.know(|c| {
            (c.accepted, c.refused, c.no_park) = (accepted, !accepted, no_park);
            c.items
                .extend(if accepted { post.items.clone() } else { BTreeMap::new() });
        });
        if accepted != good {
            self.node
                .world
                .violation(format!("{} was answered {accepted} at the door", self.case_no));
        }
        if accepted && self.node.world.chance(30) {
            let number = self.node.world.chance(50).then_some(number);
            let (again, _) = self.post(&post, number).await;
            if !again {
                self.node
                    .world
                    .violation(format!("the same submission of {} was refused", self.case_no));
            }
        }
        accepted
    }

    async fn change(&mut self, op: &'static str, matter: Option<String>) {
        let world = self.node.world.clone();
        let n = world.between(1, 9_000);
        let some = [
            ("addr", format!("北京市海淀区变更路{n}号")),
            ("scope", format!("生物制剂的开发（{n}）")),
            ("main_product", format!("制剂{n}")),
            ("industry_code", format!("{:04}", 1000 + n)),
            ("rep_tel", format!("1390013{:04}", n)),
            ("tel", format!("010-5555{:04}", n)),
        ];
        let items = some
            .into_iter()
            .filter(|_| world.chance(45))
            .map(|(k, v)| (k.to_owned(), v))
            .collect();
        let post = Post { op, matter, items };
        let (accepted, _) = self.post(&post, None).await;
        if accepted {
            self.know(|c| c.items.extend(post.items.clone()));
        }
    }
}

/// A case from its first post to its last.
pub async fn live(node: Arc<Node>, n: u32) {
    let world = node.world.clone();
    let case_no = check::case_no::build("110108", jiff::civil::date(2026, 3, 2), n).unwrap_or_default();
    let class = if world.chance(25) { "000000" } else { "000001" };
    let (good, long_name) = (!world.chance(7), world.chance(8));
    let mut desk = Desk {
        node,
        case_no: case_no.clone(),
        n,
        class,
        posts: 0,
    };
    let mut changes = world.between(0, 4);
    let withdraws = world.chance(18);
    let number = desk.node.machine.number;
    desk.know(|c| c.node = number);
    world.nap(0, 40 * HOUR).await;
    if !desk.submit(good, long_name).await {
        return desk.know(|c| c.idle = true);
    }
    let end = world.now() + world.between(2 * HOUR, 120 * HOUR);
    loop {
        world.nap(HOUR, 16 * HOUR).await;
        let asked = desk.node.world.lock().hub.get_mut(&case_no).and_then(|c| c.asked.pop());
        if let Some(matter) = asked {
            desk.change("supplement", Some(matter)).await;
        } else if withdraws && world.now() > end {
            let post = Post {
                op: "withdraw",
                matter: None,
                items: BTreeMap::new(),
            };
            let (accepted, _) = desk.post(&post, None).await;
            let now = world.now();
            desk.know(|c| c.withdrawn = accepted.then_some(now));
            if !accepted {
                world.violation(format!("the withdrawal of {case_no} was refused"));
            }
            return desk.know(|c| c.idle = true);
        } else if changes > 0 {
            changes -= 1;
            desk.change("amend", None).await;
        } else if !withdraws {
            desk.know(|c| c.idle = c.asked.is_empty());
        }
    }
}

/// Reads the change feed by cursor; what asks for a supplement is passed on to the case's desk.
pub async fn read_feed(node: Arc<Node>) {
    let world = node.world.clone();
    let mut since = None;
    loop {
        world.nap(HOUR, 5 * HOUR).await;
        if node.machine.is_down("hub") {
            continue;
        }
        let request = Request::Changes {
            since: since.clone(),
            limit: 5,
        };
        let Some(Ok(Reply::Changes(page))) = node.ask("张三", request).await else {
            continue;
        };
        for line in &page.items {
            // Nobody calls data wrong in this world.
            let engine::view::ChangeLine::Result(line) = line else {
                continue;
            };
            let mut state = world.lock();
            state.feed.push((
                line.case_no.clone(),
                line.matter.clone(),
                line.round,
                line.standing.word().to_owned(),
            ));
            let asks = line.standing == model::Standing::SupplementRequested;
            if let (true, Some(case)) = (asks, state.hub.get_mut(&line.case_no).filter(|c| c.withdrawn.is_none())) {
                case.asked.push(line.matter.clone());
                case.idle = false;
            }
        }
        if !page.items.is_empty() {
            since = Some(page.next);
        }
    }
}
