//! All nine departments, each behind an interface of its own: what one gives the next one needs.

use crate::harness::Town;
use departments::cases;
use serde_json::Value;

impl Town {
    /// A licence whose environmental approval may come before or after it was keyed: in the first case it is on the
    /// worksheet, in the second a supplement follows.
    async fn licensed_with_approval(&self, no: &str) {
        self.through_aic(no, "aic.name").await;
        let paper = self
            .until("the licence is on paper", async || {
                let tasks = self.tasks(no).await;
                let sheets = tasks
                    .iter()
                    .filter(|t| t["matter"] == "aic.licence" && t["kind"] == "worksheet");
                for sheet in sheets {
                    self.serve(sheet["task"].as_str().unwrap()).await;
                }
                self.paper(no, "aic.licence")
            })
            .await;
        let form = self.task(no, "aic.licence", "result").await;
        let said = self.enter(&form, &paper).await;
        assert_eq!(said.code, 0, "{said:?}");
    }

    /// What the books hold of a case, apart from the approval that followed a licence.
    fn matters(&self, no: &str) -> Vec<(String, u32, String)> {
        let mut rows = self.rows(no);
        rows.retain(|(matter, _, op)| !(matter == "aic.licence" && op == "supplement"));
        rows
    }
}

fn submitted(matters: &[&str]) -> Vec<(String, u32, String)> {
    let mut rows: Vec<_> = matters
        .iter()
        .map(|m| ((*m).to_owned(), 1, "submit".to_owned()))
        .collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_passes_nine_departments_and_each_books_it_once() {
    let town = Town::start_whole().await;
    let no = cases::case_no(1);
    town.post(&cases::submission(1)).await;
    town.licensed_with_approval(&no).await;
    for matter in [
        "epb.eia",
        "park.hitech",
        "psb.seal",
        "qts.orgcode",
        "ltax.reg",
        "stat.reg",
    ] {
        town.decided(&no, matter, "approved").await;
    }
    for matter in ["ntax.reg", "hrss.reg"] {
        town.until(&format!("{matter} is approved"), async || {
            town.round().await;
            let o = town.obligation(&no, matter).await?;
            (o["standing"] == "approved").then_some(())
        })
        .await;
    }
    let expected = [
        "aic.name",
        "aic.licence",
        "epb.eia",
        "park.hitech",
        "psb.seal",
        "qts.orgcode",
        "ltax.reg",
        "ntax.reg",
        "stat.reg",
        "hrss.reg",
    ];
    assert_eq!(town.matters(&no), submitted(&expected));
    let balance = town.ask(&["balance"]).await;
    let total = &balance["total"];
    assert_eq!(
        (&total["opened"], &total["booked"], &total["waiting"]),
        (&10.into(), &10.into(), &0.into())
    );
    // What one department gave stands in the case with its name, and the others were told.
    for (item, source) in [
        ("eia_no", "epb.eia"),
        ("org_code", "qts.orgcode"),
        ("seal_codes", "psb.seal"),
        ("stat_no", "stat.reg"),
        ("si_no", "hrss.reg"),
    ] {
        let found = town.item(&no, item).await.unwrap_or_default();
        assert_eq!(found["matter"], source, "{item}: {found}");
    }
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_character_gbk_lacks_passes_where_it_can_be_written() {
    let town = Town::start_whole().await;
    // Case 11 has a representative whose name GBK cannot write.
    let no = cases::case_no(11);
    town.post(&cases::submission(11)).await;
    town.licensed_with_approval(&no).await;
    for matter in ["park.hitech", "psb.seal", "qts.orgcode"] {
        town.decided(&no, matter, "approved").await;
    }
    for matter in ["ltax.reg", "stat.reg", "ntax.reg"] {
        let refused: Value = town
            .until(&format!("{matter} is refused by name"), async || {
                town.round().await;
                town.obligation(&no, matter).await.filter(|o| o["account"] == "refused")
            })
            .await;
        let found = refused["attempts"][0]["findings"][0].clone();
        assert_eq!(found["code"], "E_UNMAPPABLE", "{matter}: {found}");
    }
    let passed = [
        "aic.name",
        "aic.licence",
        "epb.eia",
        "park.hitech",
        "psb.seal",
        "qts.orgcode",
    ];
    assert_eq!(town.matters(&no), submitted(&passed));
    town.close().await;
}
