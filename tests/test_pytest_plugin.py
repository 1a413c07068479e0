"""The plugin in a project of somebody else: real pytest runs in a process of their own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

STRICT = ("-W", "error", "-p", "no:randomly", "-p", "no:cacheprovider")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\naddopts = --strict-markers\n")
    return pytester


def test_every_test_has_a_clean_world(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import httpx, pytest

        def options(emporix):
            with emporix.client("customer", email="mia.keller@example.com", password="Loyal-Points-1") as mia:
                return mia.get(f"/reward-points/{emporix.tenant}/redeemOptions").json()

        @pytest.mark.parametrize("turn", [1, 2])
        def test_seeded_and_isolated(emporix, turn):
            before = options(emporix)
            assert len(before) == 2
            with emporix.client(scopes="rewardspoints.rewardpoints_manage") as backend:
                url = f"/reward-points/{emporix.tenant}/redeemOptions/{before[0]['id']}"
                assert backend.delete(url).status_code == 204
            assert len(options(emporix)) == 1
            emporix.reset()
            assert len(options(emporix)) == 2
            assert emporix.problems == []

        def test_environment(emporix):
            assert emporix.env == {
                "EMPORIX_BASE_URL": emporix.url,
                "EMPORIX_TENANT": emporix.tenant,
                "EMPORIX_CLIENT_ID": f"{emporix.tenant}-backend",
                "EMPORIX_CLIENT_SECRET": f"{emporix.tenant}-backend-secret",
                "EMPORIX_STOREFRONT_CLIENT_ID": f"{emporix.tenant}-storefront",
            }

        def test_two_worlds_on_one_server(emporix, emporix_server):
            other = emporix_server.world()
            token = other.token()
            answer = httpx.get(
                f"{emporix.url}/coupon/{emporix.tenant}/coupons", headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 400
        """
    )
    project.runpytest_subprocess(*STRICT).assert_outcomes(passed=4)


def test_tokens_clock_faults_journal_and_snapshots(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from datetime import datetime, timedelta, UTC
        import pytest
        from emporix_mock.testing import MockError

        def test_a_service_token_expires_by_the_clock(emporix):
            with emporix.client(scopes=["coupon.coupon_read"]) as backend:
                url = f"/coupon/{emporix.tenant}/coupons"
                assert backend.get(url).status_code == 200
                assert backend.post(url, json={"name": "x"}).status_code == 403
                emporix.clock.advance(timedelta(hours=5))
                expired = backend.get(url)
            assert expired.status_code == 401
            assert expired.json()["fault"]["faultstring"] == "Access Token expired"

        def test_the_clock_stops_jumps_and_goes_back(emporix):
            noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
            emporix.clock.freeze(noon)
            assert emporix.clock.now == noon
            emporix.clock.advance(60)
            emporix.clock.back(timedelta(minutes=2))
            assert emporix.clock.now == noon - timedelta(minutes=1)
            emporix.clock.set(noon)
            emporix.clock.resume()
            assert noon <= emporix.clock.now < noon + timedelta(minutes=5)
            emporix.clock.reset()
            assert abs(emporix.clock.now - datetime.now(UTC)) < timedelta(minutes=5)

        def test_the_second_call_fails(emporix):
            emporix.fault("GET-coupon-list-specified-coupons", 500, nth=2)
            with emporix.client() as backend:
                url = f"/coupon/{emporix.tenant}/coupons"
                assert [backend.get(url).status_code for _ in range(3)] == [200, 500, 200]
            seen = [r for r in emporix.requests if r["path"] == url]
            assert [(r["method"], r["status"]) for r in seen] == [("GET", 200), ("GET", 500), ("GET", 200)]
            assert {r["operationId"] for r in seen} == {"GET-coupon-list-specified-coupons"}

        def test_seed_snapshot_and_restore(emporix):
            with emporix.client() as backend:
                url = f"/coupon/{emporix.tenant}/coupons/MORE"
                assert backend.get(url).status_code == 404
                emporix.snapshot()
                more = {"code": "MORE", "name": "More", "discountType": "FREE_SHIPPING"}
                emporix.seed({"coupon": {"coupons": [more]}})
                assert backend.get(url).json()["name"] == "More"
                emporix.restore()
                assert backend.get(url).status_code == 404

        def test_what_the_mock_refuses_is_an_error(emporix):
            with pytest.raises(MockError) as caught:
                emporix.fault("GET-no-such-operation", 500)
            assert caught.value.status == 400
            with pytest.raises(MockError) as caught:
                emporix.token("customer", email="nobody@example.com", password="wrong-one")
            assert caught.value.status == 401

        def test_a_customer_without_an_email_signs_up(emporix):
            with emporix.client("customer") as customer:
                profile = customer.get(f"/customer/{emporix.tenant}/me").json()
            assert profile["contactEmail"] == "shopper1@example.com"

        def test_a_file_of_documents(emporix, tmp_path):
            file = tmp_path / "more.yaml"
            coupon = "{code: FILED, name: Filed, discountType: FREE_SHIPPING}"
            file.write_text("coupon:\\n  coupons:\\n    - " + coupon + "\\n")
            emporix.seed(file)
            with emporix.client() as backend:
                assert backend.get(f"/coupon/{emporix.tenant}/coupons/FILED").status_code == 200
        """
    )
    project.runpytest_subprocess(*STRICT).assert_outcomes(passed=7)


def test_a_failure_shows_the_requests_of_that_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_earlier(emporix):
            with emporix.client() as backend:
                backend.get(f"/site/{emporix.tenant}/sites")

        def test_failing(emporix):
            with emporix.client(scopes="coupon.coupon_read") as backend:
                backend.get(f"/coupon/{emporix.tenant}/coupons/NOPE")
            assert False
        """
    )
    result = project.runpytest_subprocess(*STRICT)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*emporix requests of test*",
            "200 POST /oauth/token*",
            "404 GET /coupon/test*/coupons/NOPE*service*",
        ]
    )
    result.stdout.no_fnmatch_line("*/site/*")


def test_workers_have_servers_of_their_own(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("turn", range(6))
        def test_world(emporix, turn):
            with emporix.client() as backend:
                url = f"/coupon/{emporix.tenant}/coupons"
                assert backend.post(url, json={"code": "ONE", "name": "One"}).status_code == 201
        """
    )
    project.runpytest_subprocess(*STRICT, "-n", "2").assert_outcomes(passed=6)


def test_the_seed_can_be_chosen_and_a_bad_one_is_told(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_nothing_there(emporix):
            with emporix.client() as backend:
                assert backend.get(f"/coupon/{emporix.tenant}/coupons").json() == []
        """
    )
    project.runpytest_subprocess(*STRICT, "--emporix-seed", "empty").assert_outcomes(passed=1)
    result = project.runpytest_subprocess(*STRICT, "--emporix-seed", "no-such-set")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ConfigurationError*no-such-set*"])


def test_loading_the_plugin_imports_nothing_heavy(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import sys

        def test_light(pytestconfig):
            assert pytestconfig.pluginmanager.hasplugin("emporix_mock")
            heavy = {"connexion", "schemathesis", "starlette", "uvicorn", "yaml", "jsonschema_rs", "httpx"}
            assert heavy.isdisjoint(sys.modules)
        """
    )
    project.runpytest_subprocess(*STRICT, "-p", "no:xdist", "-p", "no:schemathesis").assert_outcomes(passed=1)
