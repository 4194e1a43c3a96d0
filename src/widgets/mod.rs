//! The registry: from a name, in a lesson or in the page's own layout, to the component that shows it.

pub mod answer;
pub mod builder;
pub mod call_log;
pub mod charts;
pub mod compare;
pub mod cost;
pub mod events;
pub mod fault_panel;
pub mod flow;
pub mod form;
pub mod inspector;
pub mod picture;
pub mod roles;
pub mod route;
pub mod scaling;
pub mod sight;
pub mod terminal;

use crate::app::desk::Desk;
use crate::app::dom::View;

/// Where on the page a widget stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// In the model's region, in the middle. The picture is the only one.
    Model,
    /// Beside the model where there is room, else among the tools.
    Side,
    /// In the drawer of tools, with a tab of its own.
    Tools,
}

/// When a widget is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// In every step and in the sandbox.
    Always,
    /// In steps whose task names it, and in the sandbox.
    WhenNamed,
}

/// A widget of the registry.
#[derive(Clone, Copy)]
pub struct Widget {
    /// Its name in lessons and in the layout. Never changes its meaning.
    pub name: &'static str,
    /// Its name for the learner: the tab.
    pub label: &'static str,
    /// Where it stands.
    pub area: Area,
    /// When it is there.
    pub offered: Offered,
    /// The component.
    pub view: fn(Desk) -> View,
}

/// All widgets, in the order in which their tabs stand.
pub const WIDGETS: &[Widget] = &[
    always("picture", "Model", Area::Model, picture::picture),
    always("inspector", "Inspector", Area::Side, inspector::inspector),
    always("terminal", "Terminal", Area::Tools, terminal::terminal),
    always("builder", "Build a line", Area::Tools, builder::builder),
    named_only("task-def-form", "Definition", form::task_definition),
    named_only("run-task-form", "Run a task", form::run_task),
    named_only("launch-instance-form", "Launch", form::launch),
    named_only("route", "Route", route::route),
    named_only("scaling", "Scaling", scaling::scaling),
    named_only("fault-panel", "Faults", fault_panel::fault_panel),
    always("call-log", "API calls", Area::Tools, call_log::call_log),
    always("events", "Events", Area::Tools, events::events),
    named_only("role-picker", "Roles", roles::role_picker),
    named_only("charts", "Charts", charts::charts),
    named_only("cost", "Cost", cost::cost),
    always("compare", "Compare", Area::Tools, compare::compare),
];

/// A tool for steps that name it.
const fn named_only(name: &'static str, label: &'static str, view: fn(Desk) -> View) -> Widget {
    Widget { name, label, area: Area::Tools, offered: Offered::WhenNamed, view }
}

const fn always(
    name: &'static str,
    label: &'static str,
    area: Area,
    view: fn(Desk) -> View,
) -> Widget {
    Widget { name, label, area, offered: Offered::Always, view }
}

/// The widget of this name.
pub fn named(name: &str) -> Option<&'static Widget> {
    WIDGETS.iter().find(|widget| widget.name == name)
}

/// The widgets of an area for a step that names these, or for the sandbox (`None`).
pub fn offered(area: Area, named: Option<&[String]>) -> Vec<&'static Widget> {
    let offers = |widget: &&Widget| {
        let wanted = named.is_none_or(|names| names.iter().any(|name| name == widget.name));
        widget.area == area && (widget.offered == Offered::Always || wanted)
    };
    WIDGETS.iter().filter(offers).collect()
}
