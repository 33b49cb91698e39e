/**
 * Letters of other scripts that look like Latin ones, after the confusables of Unicode's UTS 39. Used to find names that
 * players would confuse, and to read codes that were typed on another keyboard. The results are never shown.
 */

/**
 * Each word is a Latin letter or digit, followed by the characters that look like it, small or capital: Greek, Cyrillic,
 * Armenian, Hebrew, Arabic and Indic digits, Georgian, Cherokee, Coptic, Lisu, small capitals. Characters that NFKD
 * decomposes (full-width, mathematical, circled letters) are not listed.
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

/** Characters without a shape of their own. They would hide that two texts look alike. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu

/** The text in compatibility form, with every letter that looks Latin replaced by a small Latin one. Not for display. */
export function latinLookAlike(text: string): string {
  let latin = ''
  for (const letter of text.normalize('NFKD').replace(IGNORABLE, '')) latin += latinOf.get(letter) ?? letter
  return latin
}

/** UTS 39's skeleton, for any case: people confuse two texts that have the same one. */
export function skeleton(text: string): string {
  return latinLookAlike(text)
    .replace(/[I1|]/g, 'l')
    .toLowerCase()
    .replace(/0/g, 'o')
    .replace(/m/g, 'rn')
    .replace(/\s+/g, ' ')
    .normalize('NFKD')
}
