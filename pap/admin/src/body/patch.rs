//! Changes: JSON Merge Patch (RFC 7396). What a thing would be with a patch applied is read as a new one is, so that all
//! that is wrong with it is said at once.

use serde_json::{Map, Value};

use super::Body;

impl Body {
    /// What a thing would be. `present` has every member that can be changed, `null` where it isn't set.
    pub(crate) fn merged_into(self, present: Value) -> Self {
        let Value::Object(mut merged) = present else { return self };
        merge(&mut merged, self.0);
        Self(merged)
    }
}

/// RFC 7396 §2, but for a `null` where there is nothing to be removed: it stays, and the reader refuses a member that
/// isn't known.
fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (target.get_mut(&name), value) {
            (None, Value::Null) => drop(target.insert(name, Value::Null)),
            (Some(_), Value::Null) => drop(target.remove(&name)),
            (Some(Value::Object(within)), Value::Object(patch)) => merge(within, patch),
            (_, Value::Object(patch)) => {
                let mut within = Map::new();
                merge(&mut within, patch);
                target.insert(name, Value::Object(within));
            }
            (_, value) => drop(target.insert(name, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(present: Value, patch: Value) -> Value {
        let Value::Object(patch) = patch else { panic!() };
        Value::Object(Body(patch).merged_into(present).0)
    }

    #[test]
    fn a_patch_sets_what_it_names_removes_what_is_null_and_leaves_the_rest() {
        // Of the cases of RFC 7396, appendix A, those that are objects.
        for (present, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d", "c": null}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({"a": null}), json!({"a": {"b": 1}}), json!({"a": {"b": 1}})),
        ] {
            assert_eq!(merged(present.clone(), patch.clone()), result, "{present} {patch}");
        }
    }
}
