"""The names of the months in the languages of news, full and short, in nominative and genitive."""

from __future__ import annotations

#: A paragraph a month.
_NAMES = """
january jan janvier janv januar jänner jän januari enero ene gennaio gen janeiro tammikuuta tammikuu ocak января
январь янв січня ledna leden stycznia styczeń sty ianuarie ian január tháng1 يناير كانون\u202fالثاني ιανουαρίου
januára januarie sausio janvāris jaanuar siječnja јануар януари janar

february feb février févr fév februar februari febrero febbraio febr fevereiro fev helmikuuta helmikuu şubat февраля
февраль фев лютого února únor lutego luty lut februarie február فبراير φεβρουαρίου februára vasario februāris
veebruar veljače фебруар shkurt

march mar mars märz mär mrz maart marzo março maaliskuuta maaliskuu mart марта март мар березня března březen marca
marzec martie március maret مارس μαρτίου märts kovo ožujka март

april apr avril avr abril abr aprile huhtikuuta huhtikuu nisan апреля апрель апр квітня dubna duben kwietnia
kwiecień kwi aprilie április أبريل ابريل απριλίου apríla balandžio aprīlis aprill travnja април prill

may mai mei mayo maggio mag maio toukokuuta toukokuu mayıs мая май травня května květen maja maj május mei مايو
μαΐου mája gegužės maijs svibnja мај

june jun juin juni junio giugno giu junho kesäkuuta kesäkuu haziran июня июнь июн червня června červen czerwca
czerwiec cze iunie június يونيو ιουνίου júna birželio jūnijs juuni lipnja јун юни qershor

july jul juillet juil juli julio luglio lug julho heinäkuuta heinäkuu temmuz июля июль июл липня července červenec
lipca lipiec iulie július يوليو ιουλίου júla liepos jūlijs juuli srpnja јул юли korrik

august aug août aout augustus agosto ago augusti elokuuta elokuu ağustos августа август авг серпня srpna srpen
sierpnia sierpień sie augusztus agustus أغسطس اغسطس αυγούστου augusta rugpjūčio augusts kolovoza gusht

september sep sept septembre septiembre settembre set setembro syyskuuta syyskuu eylül сентября сентябрь сен вересня
září września wrzesień wrz septembrie szeptember سبتمبر σεπτεμβρίου septembra rugsėjo septembris rujna септембар
септември shtator

october oct octobre oktober okt octubre ottobre ott outubro out lokakuuta lokakuu ekim октября октябрь окт жовтня
října říjen października październik paź octombrie október أكتوبر اكتوبر οκτωβρίου októbra spalio oktobris oktoober
listopada октобар октомври tetor

november nov novembre noviembre novembro marraskuuta marraskuu kasım ноября ноябрь ноя листопада listopadu listopad
noiembrie نوفمبر νοεμβρίου novembra lapkričio novembris studenoga новембар ноември nëntor

december dec décembre déc dezember dez decembre diciembre dic dicembre dezembro joulukuuta joulukuu aralık декабря
декабрь дек грудня prosince prosinec grudnia grudzień gru decembrie desember des ديسمبر δεκεμβρίου decembra gruodžio
decembris detsember prosinca децембар декември dhjetor
"""

#: Number by name in lower case. "listopada" is November in Polish and October in Croatian: left out.
MONTHS = {
    name: number
    for number, names in enumerate(_NAMES.strip().split("\n\n"), start=1)
    for name in names.split()
    if name != "listopada"
}
