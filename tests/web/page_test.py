#!/usr/bin/python3
"""Looks at the page of a run in a real Chromium, without a network.

    tests/web/page_test.py PAGE [--pictures FOLDER]
    tests/web/page_test.py --program ROLLCAST      pages of the embedded estate, plain and with faults

Exits 77 (skipped) where Chromium or its driver is not installed.
"""
import argparse
import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77


def browser(width=1200, dark=False):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     f"--window-size={width},1400", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(argument)
    if dark:
        options.add_argument("--force-dark-mode")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    made.set_script_timeout(60)
    return made


def opened(driver, page, fragment=""):
    """Seconds until the page was ready."""
    began = time.monotonic()
    driver.get("about:blank")
    driver.get(page.resolve().as_uri() + fragment)
    while not driver.execute_script("return window.__ready === true"):
        if time.monotonic() - began > 60:
            raise AssertionError("the page is not ready after 60 s: " + str(driver.get_log("browser")))
        time.sleep(0.05)
    return time.monotonic() - began


def requests_of(driver):
    urls = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            urls.append(message["params"]["request"]["url"])
    return urls


def check(holds, words):
    if not holds:
        raise AssertionError(words)
    print("ok", words)


def look(page, pictures):
    data = json.loads(page.read_text().split('id="data">')[1].split("</script>")[0])
    driver = browser()
    try:
        seconds = opened(driver, page)
        print(f"ready after {seconds:.2f} s, {page.stat().st_size / 1e6:.2f} MB")
        # 3 s where nothing else runs; tests share the machine with others.
        check(seconds < 10, "the page is ready soon")
        complaints = [e for e in driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
        check(not complaints, f"no error in the page {complaints}")
        outside = [u for u in requests_of(driver) if not u.startswith(("file:", "data:", "blob:", "about:"))]
        check(not outside, f"no request outside the page {outside}")

        text = driver.find_element("css selector", ".verdict").text
        check(("No promise is broken" in text) == data["result"]["summary"]["ok"],
              "the verdict is that of the result")
        titles = [e.text for e in driver.find_elements("css selector", "section h2")]
        check(len(titles) == 16, f"sixteen dashboards {titles}")

        frames = driver.execute_async_script("""
            const done = arguments[0];
            const span = page.end_s / 3;
            let n = 0;
            const began = performance.now();
            const step = () => {
                lookAtTime((n % 50) / 50 * span, (n % 50) / 50 * span + span);
                if (++n < 60) requestAnimationFrame(step);
                else done(1000 * n / (performance.now() - began));
            };
            requestAnimationFrame(step);""")
        print(f"brushing: {frames:.0f} frames/s")
        driver.execute_script("lookAtTime(0, page.end_s)")

        tables = driver.execute_script("""
            return dashboards.map((board) => {
                board.tableButton.click();
                const cells = [...board.tableBox.querySelectorAll('tbody tr')].map((row) =>
                    [...row.children].map((cell) => cell.textContent));
                const rows = JSON.parse(board.json());
                board.tableButton.click();
                return [board.id, cells, rows.map((row) => Object.values(row).map((v) => String(v ?? '')))];
            });""")
        for name, cells, rows in tables:
            if cells != rows:
                raise AssertionError(f"the table of {name} is not its JSON")
        check(True, "every table equals its JSON")

        machine = next(m for m in data["machines"] if m[3] != 1)
        cluster = data["clusters"][machine[1]]
        fragment = f"#/{cluster['name']}/{cluster['racks'][machine[2]]}/{machine[0]}?t=60"
        driver.find_element("css selector", ".card a").click()
        check("#/" + data["clusters"][0]["name"] in driver.current_url, "a card leads to its cluster")
        opened(driver, page, fragment)
        check(machine[0] in driver.find_element("id", "path").text, "an address leads to a machine")
        driver.refresh()
        time.sleep(0.5)
        check(driver.execute_script("return view.machine >= 0 && view.at === 60"),
              "after a reload the same is looked at")

        driver.execute_script("location.hash = '#/'")
        body = driver.find_element("css selector", "body")
        grounds = []
        for _ in range(2):
            grounds.append(body.value_of_css_property("background-color"))
            driver.find_element("id", "theme").click()
        check(grounds[0] != grounds[1], f"two themes {grounds}")
        pdf = base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
        check(pdf[:4] == b"%PDF" and len(pdf) > 20_000, f"it prints: {len(pdf)} bytes")
    finally:
        driver.quit()
    if pictures:
        take_pictures(page, Path(pictures), data)


def take_pictures(page, folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    for width in (400, 800, 1240):
        for dark in (False, True):
            driver = browser(width, dark)
            try:
                for name, fragment in (("fleet", "#/"), ("cluster", "#/" + data["clusters"][0]["name"])):
                    opened(driver, page, fragment)
                    if dark:
                        driver.execute_script("document.documentElement.dataset.theme = 'dark';"
                                              "charts.forEach((c) => c.retheme())")
                    driver.execute_script("charts.forEach((c) => c.draw())")
                    time.sleep(0.3)
                    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {
                        "captureBeyondViewport": True, "format": "png"})
                    file = folder / f"{name}-{width}-{'dark' if dark else 'light'}.png"
                    file.write_bytes(base64.b64decode(shot["data"]))
            finally:
                driver.quit()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, nargs="?")
    parser.add_argument("--program", type=Path)
    parser.add_argument("--pictures")
    options = parser.parse_args()
    try:
        import selenium  # noqa: F401
    except ImportError:
        print("skipped: python3-selenium is not installed")
        sys.exit(SKIPPED)
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        print("skipped: chromium and chromium-driver are not installed")
        sys.exit(SKIPPED)
    if not options.program:
        return look(options.page, options.pictures)
    with tempfile.TemporaryDirectory() as folder:
        program = options.program.resolve()
        subprocess.run([program, "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for faults in ([], ["-s", "rollcast.faults.json"]):
            made = subprocess.run([program, "report", "-o", "page.html", *faults], cwd=folder)
            check(made.returncode in (0, 1), "a page is made")
            look(Path(folder) / "page.html", options.pictures)


if __name__ == "__main__":
    main()
