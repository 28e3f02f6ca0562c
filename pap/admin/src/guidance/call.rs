//! One HTTP request as any language writes it: where to, what with, and which parts come from variables.

/// Where programs read the key from.
pub(crate) const KEY: &str = "ARGUS_KEY";

/// Where the example of an enforcement point reads the credential from that was presented to it.
pub(crate) const PRESENTED: &str = "CALLER_CREDENTIAL";

/// The characters of a key or a token (RFC 6750 §2.1), as the inside of a class of a regular expression.
pub(crate) const TOKEN_CHARACTERS: &str = "A-Za-z0-9._~+/=-";

/// A request. Its texts hold none of the characters that end a string or begin an expansion in any of the languages:
/// they are paths, names and scopes in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) base: Base,
    /// Path and query, from the first `/`.
    pub(crate) path: String,
    /// The members of a JSON body; none at all for no body.
    pub(crate) body: Vec<(&'static str, Member)>,
    /// What it does, in a few words.
    pub(crate) does: String,
}

/// The beginning of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// The variable that says it.
    pub(crate) variable: &'static str,
    /// What holds where the variable isn't set; without one it has to be.
    pub(crate) default: Option<String>,
    /// What is found there.
    pub(crate) is: String,
}

/// The value of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    Text(String),
    List(Vec<String>),
    /// The credential that somebody presented, from its variable.
    Presented,
}

impl Call {
    /// The address, as far as it is known.
    pub(crate) fn url(&self) -> String {
        match &self.base.default {
            Some(base) => format!("{base}{}", self.path),
            None => format!("${}{}", self.base.variable, self.path),
        }
    }

    /// Whether it shows somebody else's credential.
    pub(crate) fn shows_presented(&self) -> bool {
        self.body.iter().any(|(_, member)| *member == Member::Presented)
    }

    /// The body as JSON, with `presented` written where the credential stands, between its quotes.
    pub(crate) fn json(&self, presented: &str) -> String {
        let members = self.body.iter().map(|(name, member)| {
            let value = match member {
                Member::Text(text) => format!("\"{text}\""),
                Member::List(texts) => {
                    let texts: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
                    format!("[{}]", texts.join(", "))
                }
                Member::Presented => format!("\"{presented}\""),
            };
            format!("\"{name}\": {value}")
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
    }

    /// The body as a literal of a language in which `presented` is an expression, with its own brackets for lists.
    pub(crate) fn members(&self, presented: &str, (open, close): (&str, &str)) -> Vec<(&'static str, String)> {
        let value = |member: &Member| match member {
            Member::Text(text) => format!("\"{text}\""),
            Member::List(texts) => {
                let texts: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
                format!("{open}{}{close}", texts.join(", "))
            }
            Member::Presented => presented.to_owned(),
        };
        self.body.iter().map(|(name, member)| (*name, value(member))).collect()
    }
}
