//! `user`: accounts of the people who work at the console and at the command line.

use crate::args::UserVerb;
use crate::ask::patiently;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::{Label, token_is_shown_once};
use crate::outcome::Outcome;
use crate::page::Column::Words;
use crate::page::Page;
use accounts::{Line, Order, Told};

#[cfg(test)]
mod tests;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: UserVerb) -> Result<Outcome, Refusal> {
    let told = patiently(cx, host.accounts(&cx.config, order(verb), cx.as_name.clone())).await?;
    let text = match &told {
        Told::List(lines) => list(cx, lines),
        Told::Token { name, token, totp } => {
            let mut page = Page::new(cx);
            page.pairs([(Label::Token, token.clone())]);
            if let Some(secret) = totp {
                page.pairs([(Label::TotpSecret, secret.clone())]);
            }
            page.line(&token_is_shown_once(cx.lang, name));
            page.done()
        }
        Told::Done { .. } => format!("{}\n", crate::labels::done(cx.lang, 1)),
    };
    Ok(Outcome::answer(cx, true, text, &told))
}

fn order(verb: UserVerb) -> Order {
    match verb {
        UserVerb::List => Order::List,
        UserVerb::Add { name, roles, uid, totp } => Order::Add {
            name,
            roles: roles.into_iter().collect(),
            uid,
            totp,
        },
        UserVerb::Passwd { name, totp } => Order::Passwd { name, totp },
        UserVerb::Roles { name, roles } => Order::Roles {
            name,
            roles: roles.into_iter().collect(),
        },
        UserVerb::Disable { name } => Order::Disable { name },
    }
}

fn list(cx: &Context, lines: &[Line]) -> String {
    let mut page = Page::new(cx);
    let row = |line: &Line| {
        let roles: Vec<String> = line.roles.iter().map(|role| cx.word(role.word())).collect();
        [
            line.name.clone(),
            roles.join(", "),
            line.uid.map(|uid| uid.to_string()).unwrap_or_default(),
            cx.word(&line.state),
            cx.yes(line.totp),
        ]
    };
    page.table(
        [
            Words(Label::Name),
            Words(Label::Roles),
            Words(Label::Uid),
            Words(Label::State),
            Words(Label::Totp),
        ],
        lines.iter().map(row).collect(),
    );
    page.done()
}
