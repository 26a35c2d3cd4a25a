/**
 * What axe-core finds in the components of VitePress 1.6, repaired while they are bundled. If a new
 * version of VitePress has other text there, the build fails: then see whether the repair is still
 * needed.
 */
const REPAIRS: Record<string, ReadonlyArray<readonly [found: string, repaired: string]>> = {
  'VPNavBarSearchButton.vue': [
    // The shortcut is no part of the button's name. style.css shows the letter.
    [
      '<span class="DocSearch-Button-Keys">',
      '<span class="DocSearch-Button-Keys" aria-hidden="true">',
    ],
    [
      '<kbd class="DocSearch-Button-Key">K</kbd>',
      '<kbd class="DocSearch-Button-Key letter"></kbd>',
    ],
  ],
  'VPLocalSearchBox.vue': [
    // A dialog with a field and a list in it, not a button.
    [
      'role="button"\n      :aria-owns="results?.length ? \'localsearch-list\' : ' +
        'undefined"\n      aria-expanded="true"\n      aria-haspopup="listbox"\n      ' +
        'aria-labelledby="localsearch-label"',
      'role="dialog"\n      aria-modal="true"\n      :aria-label="buttonText"',
    ],
    // A list of links, which Tab reaches: an option may not have a link in it.
    [
      ':role="results?.length ? \'listbox\' : undefined"\n          ' +
        ':aria-labelledby="results?.length ? \'localsearch-label\' : undefined"',
      'aria-label="Results"',
    ],
    [
      "\n            :aria-selected=\"selectedIndex === index ? 'true' : 'false'\"\n            " +
        'role="option"',
      '',
    ],
    ['\n              :aria-label="[...p.titles, p.title].join(\' > \')"', ''],
    [
      "\n            :aria-activedescendant=\"selectedIndex > -1 ? ('localsearch-item-' + " +
        'selectedIndex) : undefined"\n            aria-autocomplete="both"',
      '',
    ],
    // Only elements with a role may have a name.
    ['<kbd :aria-label', '<kbd role="img" :aria-label'],
  ],
  'NotFound.vue': [
    // The page has no main part otherwise.
    ['<div class="NotFound">', '<main class="NotFound">'],
    ['  </div>\n</template>', '  </main>\n</template>'],
  ],
  'VPSidebarItem.vue': [
    // The whole line is a button unless it is a link, so that its arrow is a picture.
    [
      ':role="itemRole"',
      ':role="itemRole"\n      :aria-expanded="item.items && !item.link ? !collapsed : undefined"',
    ],
    [
      'role="button"\n        aria-label="toggle section"',
      ':role="item.link ? \'button\' : undefined"\n        :aria-label="item.link ? \'toggle ' +
        'section\' : undefined"',
    ],
    [
      '@keydown.enter="onCaretClick"\n        tabindex="0"',
      '@keydown.enter="onCaretClick"\n        :tabindex="item.link ? 0 : undefined"',
    ],
  ],
};

/** Returns a plugin for Vite. */
export function repairs() {
  return {
    name: 'repairs',
    enforce: 'pre' as const,
    transform(code: string, id: string): string | undefined {
      const [, name] = /\/theme-default\/(?:components\/)?(\w+\.vue)$/.exec(id) ?? [];
      return (
        name &&
        REPAIRS[name]?.reduce((text, [found, repaired]) => {
          if (!text.includes(found)) {
            throw new Error(`${name} of VitePress is not what site/repairs.ts expects: ${found}`);
          }
          return text.replaceAll(found, repaired);
        }, code)
      );
    },
  };
}
