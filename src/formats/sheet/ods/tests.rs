#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

fn measured(tables: &str) -> Result<Vec<usize>, Code> {
    let content = format!("<c xmlns:t=\"urn:t\">{tables}</c>");
    survey(&content, &Limits::default()).map_err(|f| f.code)
}

const HUGE: &str = "<t:table-row t:number-rows-repeated=\"1000000\">\
                    <t:table-cell t:number-columns-repeated=\"16000\" t:value=\"1\"/></t:table-row>";

#[test]
fn repeats_are_multiplied_out_before_anybody_believes_them() {
    let one = "<t:table-row t:visibility=\"collapse\"><t:table-cell t:value=\"1\"/></t:table-row>";
    assert_eq!(
        measured(&format!("<t:table>{one}{one}</t:table><t:table/>")),
        Ok(vec![2, 0])
    );
    assert_eq!(measured(&format!("<t:table>{HUGE}</t:table>")), Err(Code::ETooLarge));
    // A table within would begin the measure anew, and hide what came before it.
    let hidden =
        format!("<t:table>{HUGE}<t:table-row><t:table-cell><t:table></t:table></t:table-cell></t:table-row></t:table>");
    assert_eq!(measured(&hidden), Err(Code::EStructure));
    let empty = format!("<t:table>{HUGE}<t:table-row><t:table-cell><t:table/></t:table-cell></t:table-row></t:table>");
    assert_eq!(measured(&empty), Err(Code::EStructure));
}
