//! The names of the elements of a policy document.

macro_rules! tags {
    ($($tag:ident),* $(,)?) => {
        /// An element of XACML 3.0 that can occur in a policy document, or one of the others.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant is the element of the same name")]
        pub enum Tag {
            $($tag,)*
            /// Of XACML's namespace, but not of a policy.
            Unknown,
            /// Of another namespace.
            Foreign,
        }

        impl Tag {
            /// Every element that has a name.
            pub const ALL: &[Self] = &[$(Self::$tag,)*];

            /// The element with this local name in XACML's namespace.
            pub fn from_local(name: &str) -> Self {
                match name {
                    $(stringify!($tag) => Self::$tag,)*
                    _ => Self::Unknown,
                }
            }

            /// The local name; empty for the nameless two.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$tag => stringify!($tag),)*
                    Self::Unknown | Self::Foreign => "",
                }
            }
        }
    };
}

tags! {
    AttributeValue, AttributeDesignator, Match, AllOf, AnyOf, Target, Apply, Rule, Condition, Policy, PolicySet,
    Description, VariableReference, VariableDefinition, Function, AttributeSelector, ObligationExpressions,
    ObligationExpression, AdviceExpressions, AdviceExpression, AttributeAssignmentExpression, PolicyIdReference,
    PolicySetIdReference, PolicyDefaults, PolicySetDefaults, XPathVersion, PolicyIssuer, CombinerParameters,
    CombinerParameter, RuleCombinerParameters, PolicyCombinerParameters, PolicySetCombinerParameters,
}

impl Tag {
    /// Whether text is part of what the element says.
    pub const fn has_text(self) -> bool {
        matches!(
            self,
            Self::AttributeValue
                | Self::Description
                | Self::XPathVersion
                | Self::PolicyIdReference
                | Self::PolicySetIdReference
        )
    }

    /// Whether what is inside is not for the check: values may hold any elements, and issuers are refused whole.
    pub const fn is_opaque(self) -> bool {
        matches!(self, Self::AttributeValue | Self::PolicyIssuer | Self::Foreign | Self::Unknown)
    }

    /// Whether it is an expression (core 5.25).
    pub const fn is_expression(self) -> bool {
        matches!(
            self,
            Self::Apply
                | Self::AttributeValue
                | Self::AttributeDesignator
                | Self::AttributeSelector
                | Self::VariableReference
                | Self::Function
        )
    }
}
