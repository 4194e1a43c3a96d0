//! What user data tells the ECS agent: the settings that its script writes to `/etc/ecs/ecs.config`.
//!
//! cloud-init runs user data at the first start if it begins with a mark that it knows (`#!`, `#cloud-config`, MIME).
//! Text without such a mark is not run at all, a mistake that people make. The script itself is not run here: the lines
//! that write the agent's settings are read, in the forms in which AWS's documentation and people write them.
use crate::cloud::map::Map;
use std::sync::Arc;

/// The agent's configuration file.
const CONFIG: &str = "/etc/ecs/ecs.config";

/// Settings of the ECS agent by name, such as `ECS_CLUSTER`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentConfig(Arc<Map<String, String>>);

impl AgentConfig {
    /// The value of a setting.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The setting is there and true.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The cluster to register with: `default` without a setting (facts: AGENT:agent/config/config.go).
    pub fn cluster(&self) -> &str {
        self.get("ECS_CLUSTER").unwrap_or("default")
    }

    /// The settings that user data leaves behind.
    pub fn of(user_data: &str) -> Self {
        let text = user_data.trim_start();
        let mut settings = Map::new();
        if text.starts_with("<powershell>") {
            windows(text, &mut settings);
        } else if runs_on_linux(text) {
            linux(text, &mut settings);
        }
        Self(Arc::new(settings))
    }
}

fn runs_on_linux(text: &str) -> bool {
    ["#!", "#cloud-config", "#cloud-boothook", "Content-Type:", "MIME-Version:"]
        .iter()
        .any(|mark| text.starts_with(mark))
}

fn linux(text: &str, settings: &mut Map<String, String>) {
    // Inside `cat <<EOF >> /etc/ecs/ecs.config` … `EOF` each line is a setting.
    let mut until: Option<&str> = None;
    for line in text.lines().map(str::trim) {
        if let Some(end) = until {
            if line == end {
                until = None;
            } else {
                assign(line, settings);
            }
            continue;
        }
        let line = line.strip_prefix("- ").unwrap_or(line);
        let Some(at) = line.find(CONFIG) else { continue };
        if line.starts_with('#') {
            continue;
        }
        if let Some(end) = here_document(line) {
            until = Some(end);
            continue;
        }
        let before = line.get(..at).unwrap_or_default();
        if let Some((words, _)) = before.rsplit_once(['>', '|']) {
            echoed(words.trim_end_matches('>'), settings);
        }
    }
}

/// The word that ends a here-document: `EOF` of `<<'EOF'`.
fn here_document(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("<<")?;
    let rest = rest.trim_start_matches('-').trim_start();
    let end = rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(rest.len());
    Some(rest.get(..end)?.trim_matches(['\'', '"', '\\']))
}

/// The settings of `echo "A=1" B=2`; `\n` inside quotes begins the next.
fn echoed(command: &str, settings: &mut Map<String, String>) {
    for word in shlex::split(command).unwrap_or_default() {
        word.split("\\n").for_each(|setting| assign(setting.trim(), settings));
    }
}

fn assign(line: &str, settings: &mut Map<String, String>) {
    let Some((name, value)) = line.split_once('=') else { return };
    let letters = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if !name.is_empty() && name.chars().all(letters) {
        settings.insert(name.to_owned(), value.trim().trim_matches(['\'', '"']).to_owned());
    }
}

/// `Initialize-ECSAgent -Cluster windows -EnableTaskIAMRole` (`DG/ECS_Windows_getting_started`).
#[inline(never)]
fn windows(text: &str, settings: &mut Map<String, String>) {
    let Some((_, options)) = text.split_once("Initialize-ECSAgent") else { return };
    let line = options.lines().next().unwrap_or_default();
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("-Cluster") {
            let name = words.next().unwrap_or_default().trim_matches(['\'', '"', ';']);
            settings.insert("ECS_CLUSTER".to_owned(), name.to_owned());
        }
        if word.eq_ignore_ascii_case("-EnableTaskIAMRole") {
            settings.insert("ECS_ENABLE_TASK_IAM_ROLE".to_owned(), "true".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AgentConfig;

    #[track_caller]
    fn cluster(user_data: &str, expected: &str) {
        assert_eq!(AgentConfig::of(user_data).cluster(), expected, "{user_data}");
    }

    #[test]
    fn the_forms_of_the_documentation_are_understood() {
        cluster("#!/bin/bash\necho ECS_CLUSTER=dock >> /etc/ecs/ecs.config", "dock");
        cluster("#!/bin/bash\necho \"ECS_CLUSTER=dock\" >> /etc/ecs/ecs.config\n", "dock");
        cluster("#!/bin/bash\necho 'ECS_CLUSTER=dock'>/etc/ecs/ecs.config", "dock");
        cluster("#!/bin/bash\necho ECS_CLUSTER=dock | tee -a /etc/ecs/ecs.config", "dock");
        cluster("#!/bin/bash\necho -e \"A=1\\nECS_CLUSTER=dock\" >> /etc/ecs/ecs.config", "dock");
        let text = "#!/bin/bash\ncat <<'EOF' >> /etc/ecs/ecs.config\nECS_CLUSTER=dock\nX=y\nEOF\n";
        cluster(text, "dock");
        let text = "#!/bin/sh\ntee /etc/ecs/ecs.config <<EOF\nECS_CLUSTER=dock\nEOF";
        cluster(text, "dock");
        cluster("#cloud-config\nruncmd:\n - echo ECS_CLUSTER=dock >> /etc/ecs/ecs.config", "dock");
        let text =
            "<powershell>\nInitialize-ECSAgent -Cluster dock -EnableTaskIAMRole\n</powershell>";
        cluster(text, "dock");
    }

    #[test]
    fn without_a_setting_the_agent_joins_default() {
        cluster("", "default");
        cluster("#!/bin/bash\nyum install -y httpd", "default");
        cluster("#!/bin/bash\n# echo ECS_CLUSTER=dock >> /etc/ecs/ecs.config", "default");
        cluster("#!/bin/bash\necho ECS_CLUSTER=dock >> /tmp/notes", "default");
    }

    #[test]
    fn text_without_a_mark_is_not_run() {
        cluster("echo ECS_CLUSTER=dock >> /etc/ecs/ecs.config", "default");
    }

    #[test]
    fn other_settings_are_kept() {
        let text = "#!/bin/bash\ncat >> /etc/ecs/ecs.config <<EOF\nECS_AWSVPC_BLOCK_IMDS=true\n\
                    ECS_INSTANCE_ATTRIBUTES={\"stack\":\"prod\"}\nEOF";
        let config = AgentConfig::of(text);
        assert!(config.is_on("ECS_AWSVPC_BLOCK_IMDS"));
        assert_eq!(config.get("ECS_INSTANCE_ATTRIBUTES"), Some("{\"stack\":\"prod\"}"));
    }
}
