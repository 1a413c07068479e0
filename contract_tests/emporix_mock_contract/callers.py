"""Tokens and customers, made through the target's own endpoints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emporix_mock_contract.client import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock_contract.client import Client
    from emporix_mock_contract.profile import Caller
    from emporix_mock_contract.target import Keys

PASSWORD = "Contract-Run-1"  # noqa: S105  # of customers that this run makes
EMPLOYEE = "8f1c2b3a4d5e6f708192"
OWNER, PEER = "owner", "peer"
TWINS = {"accessToken": "access_token", "refreshToken": "refresh_token", "saasToken": "saas_token"}


@dataclass(frozen=True, slots=True)
class Customer:
    """A signed-in customer of this run."""

    number: str
    email: str
    token: str
    refresh_token: str
    saas_token: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the seed, who stands for `company` where one is named."""

    number: str
    email: str
    password: str
    company: str | None = None


NOBODY: Mapping[str, Person] = {}


class Callers:
    """Whoever a run acts as. Tokens are asked for once and kept; customers are signed up on demand."""

    def __init__(
        self,
        client: Client,
        tenant: str,
        keys: Keys,
        *,
        mark: str = "",
        people: Mapping[str, Person] = NOBODY,
    ) -> None:
        """`mark` keeps the mail addresses of runs apart that share a tenant; `people` are no newcomers."""
        self._people = people
        self._client = client
        self._tenant = tenant
        self._keys = keys
        self._mark = mark
        self._count = 0
        self._service: dict[tuple[str, ...], str] = {}
        self._customers: dict[str, Customer] = {}
        self._anonymous: str | None = None
        self._employee: str | None = None
        self._issued = {keys.client_secret}

    @property
    def keys(self) -> Keys:
        """The client ids and secret of the tenant."""
        return self._keys

    def token(self, caller: Caller) -> str | None:
        """The bearer token of a caller, the same at every call."""
        if caller.kind == "nobody":
            return None
        if caller.kind == "service":
            return self.service(*caller.scopes)
        if caller.kind == "employee":
            return self.employee()
        if caller.kind == "anonymous":
            if self._anonymous is None:
                self._anonymous = self.session()["access_token"]
            return self._anonymous
        return self.customer(OWNER).token

    def service(self, *scopes: str) -> str:
        """A service token with these scopes, all of the key's without any."""
        if scopes not in self._service:
            asked = {"scope": " ".join(scopes)} if scopes else {}
            self._service[scopes] = self._token(self._keys.client_id, self._keys.client_secret, **asked)
        return self._service[scopes]

    def employee(self) -> str:
        """The token of an employee of the seed, who has a key instead of an identity provider."""
        if self._employee is None:
            name = f"{self._tenant}-{EMPLOYEE}"
            self._employee = self._token(name, f"{name}-secret")
        return self._employee

    def _token(self, client_id: str, secret: str, **asked: str) -> str:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **asked}
        token = str(self._client.ask("POST", "/oauth/token", form=form)["access_token"])
        self._issued.add(token)
        return token

    def session(self) -> dict[str, Any]:
        """A new anonymous session."""
        query = {"tenant": self._tenant, "client_id": self._keys.storefront_client_id}
        return self._noted(self._client.ask("GET", "/customerlogin/auth/anonymous/login", query=query))

    def customer(self, name: str) -> Customer:
        """The customer that this run calls so, signed up and in when met first."""
        if name not in self._customers:
            person = self._people.get(name)
            self._customers[name] = self.newcomer() if person is None else self._of_seed(person)
        return self._customers[name]

    def _of_seed(self, person: Person) -> Customer:
        customer = self.login(person.number, person.email, person.password)
        return customer if person.company is None else self._bound(customer, person.company)

    def known(self, name: str) -> Customer | None:
        """The customer that this run already calls so."""
        return self._customers.get(name)

    def number(self, name: str) -> str:
        """The number of the customer that this run calls so."""
        return self.customer(name).number

    def join(self, name: str) -> str:
        """Make a company whose only contact is a customer, whose token then stands for it: its id."""
        customer, base, token = self.customer(name), f"/customer-management/{self._tenant}", self.service()
        company = {"name": f"Contract {name}", "type": "COMPANY", "legalInfo": {"legalName": f"{name} Ltd"}}
        made = self._client.ask("POST", f"{base}/legal-entities", token=token, json=company)
        contact = {"legalEntity": {"id": made["id"]}, "customer": {"id": customer.number}, "type": "PRIMARY"}
        self._client.ask(
            "POST", f"{base}/contact-assignments", token=token, json={**contact, "primary": True}
        )
        self._customers[name] = self._bound(customer, str(made["id"]))
        return str(made["id"])

    def _bound(self, customer: Customer, company: str) -> Customer:
        """A customer with a token that stands for a company."""
        answer = self._noted(
            self._client.ask(
                "GET",
                f"/customer/{self._tenant}/refreshauthtoken",
                token=self.session()["access_token"],
                query={"refreshToken": customer.refresh_token, "legalEntityId": company},
            )
        )
        refresh = str(answer.get("refresh_token") or "")
        return replace(customer, token=answer["access_token"], refresh_token=refresh)

    def newcomer(self) -> Customer:
        """A customer that nobody else uses, signed in: for calls that end a token or an account."""
        self._count += 1
        email = f"contract{self._mark}{self._count}@example.com"
        anonymous = self.session()["access_token"]
        details = {"firstName": "Contract", "lastName": f"Customer {self._count}", "contactEmail": email}
        body = {"email": email, "password": PASSWORD, "customerDetails": details}
        created = self._client.ask("POST", f"/customer/{self._tenant}/signup", token=anonymous, json=body)
        return self.login(str(created["id"]), email)

    def login(self, number: str, email: str, password: str = PASSWORD) -> Customer:
        """Sign a customer in, in a session of its own."""
        answer = self._noted(
            self._client.ask(
                "POST",
                f"/customer/{self._tenant}/login",
                token=self.session()["access_token"],
                json={"email": email, "password": password},
            )
        )
        return Customer(
            number,
            email,
            answer["access_token"],
            str(answer.get("refresh_token") or ""),
            str(answer.get("saas_token") or ""),
        )

    def forget(self) -> None:
        """Drop what a call may have ended, so that it is made anew."""
        self._customers.clear()
        self._anonymous = None

    def note(self, secret: str) -> str:
        """Remember something else to be masked, such as a one-time token, and give it back."""
        self._issued.add(secret)
        return secret

    def secrets(self) -> frozenset[str]:
        """Every token and secret handed out so far, for masking."""
        return frozenset(self._issued)

    def _noted(self, answer: Any) -> dict[str, Any]:
        """The answer of a login in the newer spelling of its fields; both occur."""
        if not isinstance(answer, dict):
            raise SetupError("a login answered no object")
        found = {
            **answer,
            **{new: answer[old] for old, new in TWINS.items() if old in answer and new not in answer},
        }
        if not isinstance(found.get("access_token"), str):
            raise SetupError("a login answered no access_token")
        self._issued |= {str(found[name]) for name in TWINS.values() if found.get(name)}
        return found
