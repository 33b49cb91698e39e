/**
 * Letters of other scripts that look like Latin ones, after the confusables of Unicode's UTS 39. For telling apart what
 * people read: two names, or a code typed on a Cyrillic keyboard. Nothing here is ever shown.
 */

/**
 * Each word is a Latin letter or digit, and behind it what looks like it, small or capital: Greek, Cyrillic, Armenian,
 * Hebrew, Arabic and Indic digits, Georgian, Cherokee, Coptic, Lisu, small capitals. What NFKD takes apart (full-width,
 * mathematical, circled letters) needs no place here.
 */
const table =
  '2ƧϨꙄ 3ȜƷꞫЗзӠⳌ 4Ꮞ 5Ƽ 6бᏮⳒ 8ȣȢ৪੪ଃ 9৭੧୨൭ ' +
  'aɑαаΑАᎪᗅꓮⲀⲁᴀ bƄЬьВвΒβßʙᏏᏴᗷꓐⲂ cсСᴄᏟꓚⲤⲥꮯ dԁᎠᏧꓓꓒᴅ eеЕΕε℮ҽᎬꓰⲈⲉᴇꬲ fϜքꓝꬵ gɡցԌᏀᏳꓖɢᶃ hһҺНнΗհᎻᏂꓧⲎʜ ' +
  'iıɩɪιіꙇᎥꭵ jјЈϳͿյᎫꓙᴊ kКкΚκĸᏦꓗⲔⲕᴋ lΙІӀӏוןاǀƖⲒⵏꓲᏞꓡ١۱߁ʟ mМмΜⲘᎷꓟᴍ nոռΝηⲚꓠɴ ' +
  'oοоΟОσօՕօסهะօᴏⲞⲟоჿဝ०০੦૦୦௦౦೦൦๐໐၀٥۵०߀〇ꓳⵔ pрРρΡϱᏢꓑⲢⲣᴘ qԛԚգզ rгᎡᏒꓣʀᴦⲅ sѕЅՏꜱᏕᏚꓢ tТтΤτᎢꓔⲦᴛ uυսՍꓴᴜʋ ' +
  'vνѵѴטᏙꓦᴠ٧۷ⴸ wѡԝԜաшᎳᏔꓪᴡω xхХΧχ᙭ⲬⲭꓫⅩ yуУүҮΥγყᎩᎽꓬⲨʏ zΖζᏃꓜⲌᴢ'

const latinOf = new Map<string, string>()
for (const [latin = '', ...alike] of table.split(' ').map((word) => [...word]))
  for (const letter of alike) latinOf.set(letter, latin)

/** What has no picture of its own; between look-alikes it would only hide that they are. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu

/** The text in compatibility form, with every letter that looks Latin replaced by a small Latin one. Not for display. */
export function latinLookAlike(text: string): string {
  let latin = ''
  for (const letter of text.normalize('NFKD').replace(IGNORABLE, '')) latin += latinOf.get(letter) ?? letter
  return latin
}

/**
 * What a text looks like at a glance: two texts with the same skeleton are easily taken for each other. As UTS 39's
 * skeleton, but for any case.
 */
export function skeleton(text: string): string {
  return latinLookAlike(text)
    .replace(/[I1|]/g, 'l')
    .toLowerCase()
    .replace(/0/g, 'o')
    .replace(/m/g, 'rn')
    .replace(/\s+/g, ' ')
    .normalize('NFKD')
}
