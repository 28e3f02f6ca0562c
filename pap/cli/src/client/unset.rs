//! What a change says (RFC 7396): the members that flags name, and `null` for those that are unset.

use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// A change that is being put together.
#[derive(Debug, Default)]
pub(crate) struct Patch(Map<String, Value>);

impl Patch {
    /// Sets a member where a flag says what to.
    pub(crate) fn set(&mut self, member: &str, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.0.insert(member.to_owned(), value.into());
        }
        self
    }

    /// Sets a list where a flag names an item of it.
    pub(crate) fn set_list(&mut self, member: &str, items: Vec<String>) -> &mut Self {
        self.set(member, (!items.is_empty()).then_some(items))
    }

    /// Sets the members of an object within, but leaves it where there are none.
    pub(crate) fn set_within(&mut self, member: &str, within: Value) -> &mut Self {
        let is_empty = within.as_object().is_none_or(Map::is_empty);
        self.set(member, (!is_empty).then_some(within))
    }

    /// Unsets what is named, such as `tags` or `conditions.networks`.
    pub(crate) fn unset(&mut self, names: &[String]) -> &mut Self {
        for name in names {
            match name.split_once('.') {
                None => drop(self.0.insert(name.clone(), Value::Null)),
                Some((member, within)) => {
                    let object = self.0.entry(member).or_insert_with(|| json!({}));
                    if let Some(object) = object.as_object_mut() {
                        object.insert(within.to_owned(), Value::Null);
                    }
                }
            }
        }
        self
    }

    /// What is set, as the object that it is.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// The whole change. Nothing to change is a mistake in the command line.
    pub(crate) fn finish(self) -> Result<Value, Failure> {
        if self.0.is_empty() {
            return Err(
                Failure::usage("nothing is to be changed").help("name what is, such as --display-name or --tag")
            );
        }
        Ok(Value::Object(self.0))
    }
}

/// A duration as the number of its seconds.
pub(crate) fn age(duration: Option<u64>) -> Option<Value> {
    duration.map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_what_is_set_and_what_is_unset_and_nothing_else() {
        let mut patch = Patch::default();
        patch.set("owner", Some("ada")).set("name", None::<&str>).set_list("tags", Vec::new());
        patch.set_within("conditions", json!({"countries": ["DE"]})).set_within("policy", json!({}));
        patch.unset(&["limits".to_owned(), "conditions.networks".to_owned(), "policy.max_age_seconds".to_owned()]);
        let expected = json!({"owner": "ada", "limits": null, "conditions": {"countries": ["DE"], "networks": null},
                              "policy": {"max_age_seconds": null}});
        assert_eq!(patch.finish().unwrap(), expected);
        assert!(Patch::default().finish().unwrap_err().to_text().contains("nothing is to be changed"));
    }
}
