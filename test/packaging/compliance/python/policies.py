"""What parliament finds in policies. usage: policies.py FILE, a list of {app, id, document}; prints a list of {app, rule, text}."""
import json
import sys
from pathlib import Path

from parliament import analyze_policy_string

findings = []
for policy in json.loads(Path(sys.argv[1]).read_text()):
    for finding in analyze_policy_string(json.dumps(policy["document"])).findings:
        findings.append({"app": policy["app"], "rule": finding.issue, "text": f"{policy['id']}: {finding.detail}"})
print(json.dumps(findings))
