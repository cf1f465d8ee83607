from pathway.web.account.brake import network_of, wait_sentence


def test_an_ipv6_address_is_counted_with_its_network() -> None:
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") != network_of("2001:db8:1:3::9")


def test_an_ipv4_address_is_counted_alone() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1" != network_of("192.0.2.2")


def test_an_unreadable_address_is_counted_as_it_is() -> None:
    assert network_of("") == ""


def test_the_wait_is_said_in_whole_minutes() -> None:
    assert wait_sentence(1).endswith("dans 1 minute.")
    assert wait_sentence(61).endswith("dans 2 minutes.")
