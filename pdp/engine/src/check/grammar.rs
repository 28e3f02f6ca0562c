//! What each element of a policy document holds, as a table (core 5).

use super::Tag;
use Tag::{
    AdviceExpression, AdviceExpressions, AllOf, AnyOf, Apply, AttributeAssignmentExpression, AttributeDesignator,
    AttributeSelector, AttributeValue, CombinerParameter, CombinerParameters, Condition, Description, Function, Match,
    ObligationExpression, ObligationExpressions, Policy, PolicyCombinerParameters, PolicyDefaults, PolicyIdReference,
    PolicyIssuer, PolicySet, PolicySetCombinerParameters, PolicySetDefaults, PolicySetIdReference, Rule,
    RuleCombinerParameters, Target, VariableDefinition, VariableReference, XPathVersion,
};

/// An attribute: its name, and whether it is required.
pub(super) type AttributeRule = (&'static str, bool);

/// Children that stand together, in any order among themselves.
#[derive(Debug)]
pub(super) struct Slot {
    /// Which.
    pub(super) tags: &'static [Tag],
    /// How many at least.
    pub(super) least: u8,
    /// Whether there may be more than one.
    pub(super) many: bool,
}

/// What an element holds.
#[derive(Debug)]
pub(super) struct Shape {
    /// Its attributes.
    pub(super) attributes: &'static [AttributeRule],
    /// Whether it may have others.
    pub(super) open: bool,
    /// Its children, in order.
    pub(super) children: &'static [Slot],
}

pub(super) const EXPRESSIONS: &[Tag] =
    &[Apply, AttributeValue, AttributeDesignator, AttributeSelector, VariableReference, Function];

const fn maybe(tags: &'static [Tag]) -> Slot {
    Slot { tags, least: 0, many: false }
}

const fn one(tags: &'static [Tag]) -> Slot {
    Slot { tags, least: 1, many: false }
}

const fn any(tags: &'static [Tag]) -> Slot {
    Slot { tags, least: 0, many: true }
}

const fn some(tags: &'static [Tag]) -> Slot {
    Slot { tags, least: 1, many: true }
}

const fn shape(attributes: &'static [AttributeRule], children: &'static [Slot]) -> Shape {
    Shape { attributes, open: false, children }
}

const DUTIES: (Slot, Slot) = (maybe(&[ObligationExpressions]), maybe(&[AdviceExpressions]));

static POLICY_SET: Shape = shape(
    &[("PolicySetId", true), ("Version", true), ("PolicyCombiningAlgId", true), ("MaxDelegationDepth", false)],
    &[
        maybe(&[Description]),
        maybe(&[PolicyIssuer]),
        maybe(&[PolicySetDefaults]),
        one(&[Target]),
        any(&[
            PolicySet,
            Policy,
            PolicySetIdReference,
            PolicyIdReference,
            CombinerParameters,
            PolicyCombinerParameters,
            PolicySetCombinerParameters,
        ]),
        DUTIES.0,
        DUTIES.1,
    ],
);

static POLICY: Shape = shape(
    &[("PolicyId", true), ("Version", true), ("RuleCombiningAlgId", true), ("MaxDelegationDepth", false)],
    &[
        maybe(&[Description]),
        maybe(&[PolicyIssuer]),
        maybe(&[PolicyDefaults]),
        one(&[Target]),
        any(&[Rule, VariableDefinition, CombinerParameters, RuleCombinerParameters]),
        DUTIES.0,
        DUTIES.1,
    ],
);

static RULE: Shape = shape(
    &[("RuleId", true), ("Effect", true)],
    &[maybe(&[Description]), maybe(&[Target]), maybe(&[Condition]), DUTIES.0, DUTIES.1],
);

static TARGET: Shape = shape(&[], &[any(&[AnyOf])]);
static ANY_OF: Shape = shape(&[], &[some(&[AllOf])]);
static ALL_OF: Shape = shape(&[], &[some(&[Match])]);
static MATCH: Shape =
    shape(&[("MatchId", true)], &[one(&[AttributeValue]), one(&[AttributeDesignator, AttributeSelector])]);
static CONDITION: Shape = shape(&[], &[one(EXPRESSIONS)]);
static APPLY: Shape = shape(&[("FunctionId", true)], &[maybe(&[Description]), any(EXPRESSIONS)]);
static FUNCTION: Shape = shape(&[("FunctionId", true)], &[]);
static VARIABLE_DEFINITION: Shape = shape(&[("VariableId", true)], &[one(EXPRESSIONS)]);
static VARIABLE_REFERENCE: Shape = shape(&[("VariableId", true)], &[]);
static ATTRIBUTE_VALUE: Shape = Shape { attributes: &[("DataType", true)], open: true, children: &[] };
static DESIGNATOR: Shape = shape(
    &[("Category", true), ("AttributeId", true), ("DataType", true), ("MustBePresent", true), ("Issuer", false)],
    &[],
);
static SELECTOR: Shape = shape(
    &[("Category", true), ("Path", true), ("DataType", true), ("MustBePresent", true), ("ContextSelectorId", false)],
    &[],
);
static OBLIGATIONS: Shape = shape(&[], &[some(&[ObligationExpression])]);
static OBLIGATION: Shape =
    shape(&[("ObligationId", true), ("FulfillOn", true)], &[any(&[AttributeAssignmentExpression])]);
static ADVICES: Shape = shape(&[], &[some(&[AdviceExpression])]);
static ADVICE: Shape = shape(&[("AdviceId", true), ("AppliesTo", true)], &[any(&[AttributeAssignmentExpression])]);
static ASSIGNMENT: Shape = shape(&[("AttributeId", true), ("Category", false), ("Issuer", false)], &[one(EXPRESSIONS)]);
static REFERENCE: Shape = shape(&[("Version", false), ("EarliestVersion", false), ("LatestVersion", false)], &[]);
static DEFAULTS: Shape = shape(&[], &[one(&[XPathVersion])]);
static PARAMETERS: Shape = shape(&[], &[any(&[CombinerParameter])]);
static PARAMETER: Shape = shape(&[("ParameterName", true)], &[one(&[AttributeValue])]);
static RULE_PARAMETERS: Shape = shape(&[("RuleIdRef", true)], &[any(&[CombinerParameter])]);
static POLICY_PARAMETERS: Shape = shape(&[("PolicyIdRef", true)], &[any(&[CombinerParameter])]);
static POLICY_SET_PARAMETERS: Shape = shape(&[("PolicySetIdRef", true)], &[any(&[CombinerParameter])]);
static TEXT: Shape = shape(&[], &[]);

/// What an element holds; nothing for those that are refused as a whole.
pub(super) const fn shape_of(tag: Tag) -> Option<&'static Shape> {
    Some(match tag {
        PolicySet => &POLICY_SET,
        Policy => &POLICY,
        Rule => &RULE,
        Target => &TARGET,
        AnyOf => &ANY_OF,
        AllOf => &ALL_OF,
        Match => &MATCH,
        Condition => &CONDITION,
        Apply => &APPLY,
        Function => &FUNCTION,
        VariableDefinition => &VARIABLE_DEFINITION,
        VariableReference => &VARIABLE_REFERENCE,
        AttributeValue => &ATTRIBUTE_VALUE,
        AttributeDesignator => &DESIGNATOR,
        AttributeSelector => &SELECTOR,
        ObligationExpressions => &OBLIGATIONS,
        ObligationExpression => &OBLIGATION,
        AdviceExpressions => &ADVICES,
        AdviceExpression => &ADVICE,
        AttributeAssignmentExpression => &ASSIGNMENT,
        PolicyIdReference | PolicySetIdReference => &REFERENCE,
        PolicyDefaults | PolicySetDefaults => &DEFAULTS,
        CombinerParameters => &PARAMETERS,
        CombinerParameter => &PARAMETER,
        RuleCombinerParameters => &RULE_PARAMETERS,
        PolicyCombinerParameters => &POLICY_PARAMETERS,
        PolicySetCombinerParameters => &POLICY_SET_PARAMETERS,
        XPathVersion | Description => &TEXT,
        PolicyIssuer | Tag::Unknown | Tag::Foreign => return None,
    })
}
