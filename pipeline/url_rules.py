"""What in an URL says how a reader came, on which device or in which session, and nothing about the content: data.

And the redirectors whose links carry another site's whole address.

A name is here only when no publisher is known to select content by it. Names that do both ("ref", "source", "from")
are dropped with the values of CHANNEL_VALUES alone. Names are compared in lower case.
"""

from __future__ import annotations

import re

#: Dropped whatever the value. By who sets them.
TRACKING_NAMES = frozenset(
    # advertising and social networks
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh epik rdt_cid
    srsltid zanpid irclickid wickedid mibextid fb_action_ids fb_action_types fb_ref fb_source fb_comment_id
    __twitter_impression tw_p twtr ncid sr_share soc_src soc_trk
    """.split()  # noqa: SIM905  a list to be read and added to
    # mail and campaign software
    + """
    mc_cid mc_eid mkt_tok vero_id vero_conv _hsenc _hsmi __hssc __hstc __hsfp hsctatracking oly_anon_id oly_enc_id
    ml_subscriber ml_subscriber_hash rb_clickid s_cid s_kwcid ef_id elqtrackid elqtrack elqat elqcampaignid
    dm_i bsft_eid bsft_clkid bsft_uid bsft_mid sc_campaign sc_channel sc_content sc_medium sc_outcome sc_geo sc_country
    trk_contact trk_msg trk_module trk_sid cmpid cmp cid_source icid intcid ns_mchannel ns_source ns_campaign
    ns_linkname ns_fee at_medium at_campaign at_campaign_type at_format at_link_id at_link_origin at_link_type
    at_ptr_name at_bbc_team xtor xtref wt_mc wt.mc_id wt.mc_ev wt.srch wt_zmc wtrid wt_eid ito ocid smid smtyp smprod
    tpcc traffic_source
    """.split()  # noqa: SIM905
    # analytics
    + """
    _ga _gl _gac _openstat openstat guccounter guce_referrer guce_referrer_sig spm scm ftag __s
    socialreferrer sharetype share_source amp_js_v amp_gsa usqp _bta_tid _bta_c
    """.split()  # noqa: SIM905
)
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_", "at_custom", "aff_", "stm_", "itm_", "vn_utm")

#: Names that tell the channel with these values, and select content with others.
CHANNEL_NAMES = frozenset(("ref", "source", "src", "from", "via", "feature", "partner", "share"))
CHANNEL_VALUES = frozenset(
    """
    rss feed rssfeed rss-feed rss_feed atom feedburner facebook fb twitter x tw linkedin whatsapp telegram reddit
    email newsletter share social googlenews google_news gnews flipboard homepage hp
    """.split()  # noqa: SIM905
)

#: Sessions: dropped whatever the value.
SESSION_NAMES = frozenset(("phpsessid", "jsessionid", "cfid", "cftoken"))
#: Dropped when the value can only be a session's: many letters and digits.
SESSION_LIKE_NAMES = frozenset(("sid", "session", "sessionid", "session_id", "sessid", "zenid", "osid"))

#: The AMP or mobile twin of a page, by parameter: name → values, empty for any.
TWIN_PARAMETERS: dict[str, frozenset[str]] = {
    "amp": frozenset(("", "1", "true", "0")),
    "outputtype": frozenset(("amp",)),
    "output": frozenset(("amp",)),
    "view": frozenset(("amp",)),
    "noamp": frozenset(("", "1", "mobile", "available")),
    "mobile": frozenset(("0", "1", "true")),
}
#: Labels of hosts that serve the same pages for another device.
TWIN_LABELS = frozenset(("m", "mobile", "amp", "mobil", "wap", "touch"))

#: The hosts of the search engine whose country's name varies.
GOOGLE_HOSTS = frozenset(
    f"google.{suffix}"
    for suffix in """
    com ae at be ca ch cl cz de dk es fi fr gr hu ie it nl no pl pt ro ru se co.id co.il co.in co.jp co.kr co.nz co.uk
    co.za com.ar com.au com.br com.hk com.mx com.sg com.tr com.tw com.ua
    """.split()  # noqa: SIM905
)
#: Links that only lead on to another site and carry all of its address: host without "www.", path in lower case without
#: a slash at its end (None: any) → the parameters that may hold it, in order. No site may stand here with a path at
#: which it serves articles of its own: there a parameter "url" selects content.
REDIRECTORS: dict[tuple[str, str | None], tuple[str, ...]] = {
    **{(host, "/url"): ("q", "url") for host in GOOGLE_HOSTS},
    **{(f"news.{host}", path): ("url", "q") for host in GOOGLE_HOSTS for path in ("/url", "/news/url")},
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("duckduckgo.com", "/l"): ("uddg",),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", ""): ("u",),
    ("linkedin.com", "/safety/go"): ("url",),
    ("out.reddit.com", None): ("url",),
    ("slack-redir.net", "/link"): ("url",),
    ("steamcommunity.com", "/linkfilter"): ("url", "u"),
    ("t.me", "/iv"): ("url",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("vk.com", "/away.php"): ("to",),
    ("youtube.com", "/redirect"): ("q",),
}
#: The same with the address in the path; the patterns begin at the host, without "www.". With its scheme, encoded:
ENCODED_PATHS = (
    re.compile(r"outgoing\.prod\.webservices\.mozgcp\.net/v1/[0-9a-f]{64}/(.+)", re.DOTALL),
    re.compile(r"r\.search\.yahoo\.com/[^?]{0,500}?/RU=([^/?]+)", re.IGNORECASE),
    re.compile(r"href\.li/\?(.+)", re.DOTALL),
)
#: Without it; "s/" stands for https.
AMP_CACHES = (
    re.compile(rf"(?:{'|'.join(map(re.escape, sorted(GOOGLE_HOSTS)))})/amp/(s/)?(.+)", re.DOTALL),
    re.compile(r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/[a-z]/(s/)?(.+)", re.DOTALL),
    re.compile(r"bing\.com/amp/(s/)?(.+)", re.DOTALL),
)
#: Ids of Google News that hold the address: a base64 message of which it is the fourth field.
NEWS_IDS = re.compile(
    r"news\.google\.com/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/(CBMi[A-Za-z0-9_-]{12,4000})=*(?:[?#/]|\Z)"
)
#: What the hosts of these begin or end with.
PATH_HOSTS = (
    "google.", "news.google.com", "cdn.ampproject.org", "bing.com", "mozgcp.net", "r.search.yahoo.com", "href.li",
)  # fmt: skip
