# The commands of this repository; the work is done by the scripts in tools/.

PORT ?= 8080

.PHONY: help serve test dist bench profile

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '%-11s %s\n' "$$name" "$$what"; done

serve: ## build the page and serve it on http://127.0.0.1:8080/ (PORT=… changes it); installs what is missing
	@PORT=$(PORT) tools/serve.sh

test: ## run every check; installs what the checks need
	@tools/test.sh

dist: ## build the optimised site in dist/ and hold each file against its budget
	@tools/dist.sh

bench: ## measure the simulator, and the page in a browser; installs what is missing
	@tools/bench.sh

profile: ## find out again what a first visit runs (tools/parts.txt), by playing it in a browser
	@tools/profile.sh
