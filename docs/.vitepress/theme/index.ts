// uses the reader's own fonts: VitePress's would add a megabyte to the site
import theme from 'vitepress/theme-without-fonts'
import { h } from 'vue'
import studio from '../../images/studio.gif'
import './style.css'

const alt = 'The studio: the columns of a file, and the same columns as the model makes them'

export default {
  extends: theme,
  // beside the first words; the build would not include a picture named in the page's front matter
  Layout: () =>
    h(theme.Layout, null, { 'home-hero-image': () => h('img', { src: studio, alt, class: 'moving' }) }),
}
