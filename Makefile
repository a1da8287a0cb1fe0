# Sozialatlas: `make run` starts it, `make test` proves it. Python >= 3.11 and make are all a machine needs.

PORT ?= 8050
PYTHON ?= python3
BIN := .venv/bin
ENV := .venv/angelegt.stamp
RUN := .venv/laufzeit.stamp
DEV := .venv/entwicklung.stamp
WEB := node_modules/pakete.stamp
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

# A copied or outdated .venv is made anew rather than half used.
$(shell test ! -d .venv || .venv/bin/python -c "" 2>/dev/null || rm -rf .venv)

.PHONY: run test check bench data screenshots browser clean

run: $(RUN) $(WEB)
	@PORT=$(PORT) $(BIN)/python app.py

test: check $(WEB) browser
	@$(BIN)/python -m pytest -q -n 2 -m "not browser"
	@$(BIN)/python -m pytest -q -m browser

check: $(DEV)
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "Abhilfe: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/mypy --strict geodata layers

bench: $(DEV) $(WEB) browser
	@$(BIN)/python -m tests.bench

data: $(RUN) $(WEB)
	@$(BIN)/python -m geodata.build 16063 --embedded

screenshots: $(DEV) $(WEB) browser
	@$(BIN)/python -m docs.bilder

clean:
	rm -rf .venv node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ENV):
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python fehlt. Bitte Python 3.11 oder neuer installieren (oder: make PYTHON=/pfad/zu/python run)."; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
	  echo "Python 3.11 oder neuer wird gebraucht, gefunden: $$($(PYTHON) --version 2>&1)."; \
	  echo "Abhilfe: neueres Python installieren, dann z. B. make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { \
	  echo "Das Python-Modul venv ist unvollständig (bei Debian und Ubuntu ein eigenes Paket)."; \
	  echo "Abhilfe: sudo apt install python3-venv"; exit 1; }
	@echo "Richte die Python-Umgebung .venv ein …"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

$(RUN): $(ENV) requirements.txt requirements-lock.txt
	@echo "Installiere die Python-Pakete (einmalig, einige Minuten) …"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV): $(RUN) requirements-dev.txt
	@echo "Installiere die Entwicklungswerkzeuge …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(WEB): $(RUN) package.json package-lock.json .npmrc
	@echo "Installiere Karte, Schrift und Symbole (npm) …"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --loglevel=error >/dev/null
	@touch $@

# Any Chromium on the machine will do; else Debian's package (as root), else the one playwright brings.
browser: $(DEV)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installiere Chromium (apt) …"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else \
	    echo "Installiere Chromium (playwright) …"; $(BIN)/playwright install chromium >/dev/null; \
	  fi
