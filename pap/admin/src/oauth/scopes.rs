//! What of its key's scopes a client gets (RFC 6749 §3.3).

use argus_engine::scope::Scope;

use super::{OauthCode, OauthRefused};

/// The most scopes that a client may name.
const MOST_SCOPES: usize = 1_000;

/// The scopes of a token: those that are asked for, each of which the key has to cover, or all that the key reaches.
///
/// Scopes are a set: neither their order nor a repetition means anything. They are compared letter by letter.
pub(crate) fn narrow(asked: Option<&str>, reached: &[Scope]) -> Result<Vec<Scope>, OauthRefused> {
    let Some(asked) = asked else { return all_of(reached) };
    let mut scopes: Vec<Scope> = Vec::new();
    for token in asked.split(' ') {
        let scope = read(token)?;
        if !reached.iter().any(|known| known.covers_scope(&scope)) {
            return Err(refused(format!("this client does not have the scope `{token}`")));
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
        if scopes.len() > MOST_SCOPES {
            return Err(refused(format!("more than {MOST_SCOPES} scopes are asked for")));
        }
    }
    Ok(scopes)
}

fn all_of(reached: &[Scope]) -> Result<Vec<Scope>, OauthRefused> {
    if reached.is_empty() {
        // Of a key whose scopes are all gone along the chain of those that it was derived from.
        return Err(refused("this client has no scope"));
    }
    Ok(reached.to_vec())
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`, with one blank between two; of those, a path and an action.
fn read(token: &str) -> Result<Scope, OauthRefused> {
    if token.is_empty() {
        return Err(refused("scopes have one blank between them, and none before or behind them"));
    }
    Scope::parse(token).map_err(|_| refused(format!("`{token}` is no scope: a path, a colon and an action")))
}

fn refused(description: impl Into<std::borrow::Cow<'static, str>>) -> OauthRefused {
    OauthRefused::new(OauthCode::InvalidScope, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(asked: Option<&str>, key: &[&str]) -> Result<String, &'static str> {
        let key: Vec<_> = key.iter().map(|scope| Scope::parse(scope).unwrap()).collect();
        let scopes = narrow(asked, &key).map_err(|refused| refused.code.as_str())?;
        Ok(scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_client_gets_what_its_key_covers_and_is_refused_all_else() {
        const KEY: &[&str] = &["acme/atlas:read", "acme/billing/*/pdf:admin"];
        let invalid = Err("invalid_scope");
        for (asked, expected) in [
            (None, Ok("acme/atlas:read acme/billing/*/pdf:admin")),
            (Some("acme/atlas:read"), Ok("acme/atlas:read")),
            (Some("acme/atlas/evidence:read"), Ok("acme/atlas/evidence:read")),
            (Some("acme/billing/7/pdf:delete acme/atlas:read"), Ok("acme/billing/7/pdf:delete acme/atlas:read")),
            (Some("acme/atlas:read acme/atlas:read"), Ok("acme/atlas:read")),
            (Some("acme/atlas:write"), invalid),
            (Some("acme/atlas:read acme/atlas:write"), invalid),
            (Some("acme:read"), invalid),
            (Some("acme/atlas-archive:read"), invalid),
            (Some("acme/Atlas:read"), invalid),
            (Some("ACME/atlas:read"), invalid),
            (Some("acme/atlas:READ"), invalid),
            (Some("acme/atlas:read "), invalid),
            (Some("acme/atlas:read  acme/atlas:read"), invalid),
            (Some("acme/atlas:read\u{a0}acme/atlas:read"), invalid),
            (Some("acme/atlas:read\tacme/atlas:read"), invalid),
            (Some("acme/at\"las:read"), invalid),
            (Some("acme/ätlas:read"), invalid),
            (Some("openid"), invalid),
            (Some("acme/atlas/../atlas:read"), invalid),
        ] {
            assert_eq!(narrowed(asked, KEY), expected.map(str::to_owned), "{asked:?}");
        }
        assert_eq!(narrowed(None, &[]), invalid.map(str::to_owned));
    }
}
