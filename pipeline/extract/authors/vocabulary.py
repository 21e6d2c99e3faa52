"""The words of bylines, in the languages of news."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


#: What stands before the names: "By", "Von", "Text:".
LEADS = words(
    """
    by von vom with mit avec con par por di da af av door przez oleh od från írta автор автори
    autor autorin autor/in autoren author authors auteur auteurs autore autori autores penulis
    text texte texto testo tekst текст words story report redaktion redacción redactor reporter
    作者 記者 记者 文
    """
)
#: What stands before the lead word: "Written by", "Ein Kommentar von".
BEFORE_LEADS = words(
    """
    written reported posted published story words text texte texto analysis analyse kommentar comment opinion
    interview
    reportage essay gastbeitrag protokoll publié escrito scritto aufgezeichnet
    """
)
#: Jobs, and words that only occur in the description of one.
ROLES = words(
    """
    editor reporter correspondent journalist writer columnist contributor producer bureau chief director fellow
    professor
    analyst author staff intern anchor presenter photographer
    redakteur redakteurin redaktion korrespondent korrespondentin reporterin journalistin volontär volontärin
    chefredakteur
    leiter leiterin ressortleiter nachrichtenagentur autor autorin
    rédacteur rédactrice journaliste correspondant correspondante envoyé envoyée
    redactor redactora corresponsal periodista enviado enviada colaborador colaboradora
    giornalista inviato inviata redattore redattrice corrispondente jornalista repórter
    redaktør redaktör journalist toimittaja dziennikarz dziennikarka reportér redaktor profesorius muhabir wartawan
    журналист корреспондент редактор кореспондент
    """
)
#: Who made something else than the text.
OTHER_WORK = words(
    """
    edited editing editor reviewed photo photos photograph photographs illustration video image images foto source
    quelle
    """
)
#: Small words inside names.
PARTICLES = words(
    """
    von van de der den del della di da dos das do du la le el al bin ibn ben und y e i zu zum zur af av ter ten the
    san
    """
)
#: What systems write where they know no author, and what stands around a byline.
NOBODY = words(
    """
    admin administrator webmaster root user null undefined none na unknown default author guest anonymous editor
    and und et och og oraz
    by von par por redaktion redaction redacción staff agencies agenturen agencias agences follow share email
    twitter facebook
    comments comment bookmark red read more news published updated today stand save print listen gift subscribe 기자
    ms ma ba md rn rd rdn phd mba mph cpa cfa esq llm
    """
)
#: Words of the names of institutions and publishers.
BODIES = words(
    """
    center centre institute society foundation network association university council committee union agency
    press news
    media magazine newspaper times post institut zentrum stiftung verband universität gesellschaft presse
    zeitung agentur
    centro instituto fundación asociación universidad agencia prensa noticias fondation université agence
    """
)
#: What stands before the date in a byline.
DATE_WORDS = words(
    """
    published posted updated publié publicado publicada pubblicato publicerad publicert publisert udgivet
    gepubliceerd
    veröffentlicht erschienen stand aktualisiert mis actualizado actualizada aggiornato atualizado opublikowano
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur fri sat sun
    montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
    lunes martes miércoles jueves viernes sábado domingo
    """
)
#: What sites add to their name: "SPIEGEL ONLINE", "The Sun", "mdr.de".
SITE_WORDS = words(
    """
    the der die das le la el il news online digital web tv com net org de at ch uk couk magazine magazin www
    """
) | {""}
#: Labels before the author's name in a list of facts.
AUTHOR_LABELS = words(
    """
    author authors autor autorin autorin/autor autor/in autoren auteur auteurs autore autori autores forfatter
    författare 作者 記者 记者
    """
)
#: What marks a date as that of a change.
MODIFIED = tuple(
    words(
        """
    updat modif aktualisiert geändert actualis actualiza aggiornat atualizad bijgewerkt opdater oppdater
    uppdater uppfært
        zaktualizowa aktualiz güncel обновлен оновлен 更新 수정
        """
    )
    | {"mis à jour", "mise à jour"}
)
