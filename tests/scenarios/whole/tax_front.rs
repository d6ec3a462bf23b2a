//! 地税局's front-end machine: markers that come first or lie, files that come twice (F6, F7).

use crate::front::Front;
use crate::harness::Town;
use departments::cases;

const NAME: &str = "LTAX_HUB_DJJG_20260302_0901.csv";
const RENAMED: &str = "LTAX_HUB_DJJG_20260302_0902.csv";
const BESIDE: &str = "LTAX_HUB_DJJG_20260302_0900.csv";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_counts_once_whole_and_under_its_own_number() {
    let town = Town::start_whole().await;
    let no = cases::case_no(5);
    town.post(&cases::submission(5)).await;
    town.licensed_with_approval(&no).await;
    let front = Front::open(town, no).await;
    comes_after_its_marker_and_is_another(&front).await;
    comes_twice_and_again_with_other_content(&front).await;
    front
        .town
        .approved(&front.no, &["epb.eia", "psb.seal", "stat.reg"])
        .await;
    front.town.approved_by_stick(&front.no, &["ntax.reg", "hrss.reg"]).await;
    front.town.submitted_once(&front.no, &super::without(&["park.hitech"]));
    front.town.close().await;
}

/// F6: a marker alone is nothing yet; a marker that lies refuses the file until it tells the truth.
async fn comes_after_its_marker_and_is_another(front: &Front) {
    let bytes = front.file(&["第二税务所"]);
    front.mark(NAME, &bytes, 1, None);
    // Another file that came later is taken meanwhile: the marker was seen, and waits.
    front.put(BESIDE, &front.file(&["第九税务所"]), 1, None);
    front.gone_to("done", BESIDE).await;
    assert_eq!(front.office().await, "第九税务所");
    assert!(front.place(&format!("{NAME}.ok")).exists());

    front.lay(NAME, &front.file(&["第三税务所"]));
    front.gone_to("error", NAME).await;
    front.refused(NAME, "E_FILE_HASH").await;
    assert_eq!(front.office().await, "第九税务所");
    front.put(NAME, &bytes, 1, None);
    front.gone_to("done", NAME).await;
    assert_eq!(front.office().await, "第二税务所");
    let left = front.town.refusals("ltax").await;
    assert!(
        left.iter().all(|l| l["findings"][0]["code"] == "E_FILE_HASH"),
        "{left:?}"
    );
    for line in left {
        front.town.drop_refusal(&line, "已重发").await;
    }
}

/// F7: the same again has no effect, whatever it is called; a number that was used for something else is set aside.
async fn comes_twice_and_again_with_other_content(front: &Front) {
    let bytes = front.file(&["第二税务所"]);
    let told = async || front.town.told(&front.no, "standing_set", "ltax.reg/1").await;
    let decided = told().await;
    front.put(NAME, &bytes, 1, None);
    front.gone(NAME).await;
    front.put(RENAMED, &bytes, 1, None);
    front.gone_to("done", RENAMED).await;
    assert_eq!(told().await, decided);

    front.put(NAME, &front.file(&["第四税务所"]), 1, None);
    front.gone_to("error", &format!("{NAME}.2")).await;
    let line = front.refused(NAME, "E_NUMBER_REUSED").await;
    assert_eq!(line["code"], "1005");
    assert_eq!((front.office().await, told().await), ("第二税务所".to_owned(), decided));
}
