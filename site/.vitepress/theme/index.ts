import { inBrowser, type Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import './style.css';

const KEY = 'language';

/** Shows the language that the reader has chosen in all tabs that have it. */
function showLanguage(): void {
  const language = localStorage.getItem(KEY);
  for (const label of document.querySelectorAll<HTMLLabelElement>('.vp-code-group label')) {
    const input = label.control as HTMLInputElement | null;
    if (label.textContent === language && input && !input.checked) {
      input.click();
    }
  }
}

export default {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    if (!inBrowser) {
      return;
    }
    router.onAfterRouteChange = () => requestAnimationFrame(showLanguage);
    // A click of a person, and not one of this function.
    window.addEventListener('click', ({ target, isTrusted }) => {
      const input = target as HTMLInputElement;
      if (!isTrusted || !input.matches?.('.vp-code-group input')) {
        return;
      }
      localStorage.setItem(KEY, input.labels?.[0]?.textContent ?? '');
      showLanguage();
    });
  },
} satisfies Theme;
